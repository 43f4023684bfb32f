"""Key and dynamic of single-note recordings, from pitch and file name; selection of those to learn from."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.pitch_and_frequency import frequency_of, note_name, pitch_of
from train import recording, recording_faults

from . import note_span, pitch, velocity_layers

DEFAULT_DYNAMIC = "mezzo-forte"
"""Dynamic of a recording whose name contains none."""
MIN_NAME_CLARITY_RATIO = 0.7
"""Minimum harmonicity of the key in the name, relative to the best pitch, at which the name overrides the pitch."""
MIN_DYNAMIC_SHARE = 0.2
"""Minimum fraction of the keys that must have a dynamic; a rarer dynamic is left out."""


@dataclass(frozen=True)
class RecordingInfo:
    """A single-note recording before learning. key: MIDI key; clarity: of its pitch, 0…1; messages: to users.

    is_pitched: whether it has a pitch; unpitched recordings are left out where others have one.
    """

    path: str
    key: int | None
    dynamic: str
    clarity: float
    messages: tuple[str, ...] = ()
    is_pitched: bool = True


def classify(path: str, rate: int) -> RecordingInfo:
    """Find the key of a recording by its pitch, checked against its name, its dynamic, and its defects."""
    name = Path(path).name
    dynamic = pitch.dynamic_in_name(path) or DEFAULT_DYNAMIC
    try:
        samples, rate = recording.load(path, rate)
    except recording.RecordingError as error:
        return RecordingInfo(path, None, dynamic, 0.0, (f"{name} is left out: {error}",))
    defects = recording_faults.check(samples, rate)
    messages = [f"{name}: {defect}" for defect in defects]
    if any("too short" in defect or "silent" in defect for defect in defects):
        return RecordingInfo(path, None, dynamic, 0.0, (f"{name} is left out: {defects[0]}",))
    mono = samples.mean(axis=0).astype(np.float64)
    span = note_span.find_span(mono, rate)
    note = mono[span.onset : span.end]
    detected = pitch.detect(note, rate)
    named_key = pitch.key_in_name(path)
    if named_key is None and not detected.is_reliable:
        return RecordingInfo(
            path,
            round(pitch_of(detected.frequency)),
            dynamic,
            detected.clarity,
            tuple(messages),
            is_pitched=False,
        )
    key, key_messages = _key(name, named_key, detected, note, rate)
    return RecordingInfo(path, key, dynamic, detected.clarity, (*messages, *key_messages))


def select(recordings: list[RecordingInfo]) -> tuple[dict[int, list[RecordingInfo]], list[str]]:
    """Select one recording per key and dynamic, the clearest; return them by key, loudest first, and messages."""
    messages = [message for info in recordings for message in info.messages]
    recordings, pitch_messages = _filter_pitched(recordings)
    messages += pitch_messages
    keys: dict[int, dict[str, RecordingInfo]] = {}
    for info in recordings:
        if info.key is None:
            continue
        by_dynamic = keys.setdefault(info.key, {})
        other = by_dynamic.get(info.dynamic)
        if other:
            worse = min(other, info, key=lambda candidate: candidate.clarity)
            message = f"{note_name(info.key)} {info.dynamic} is there twice"
            messages.append(f"{Path(worse.path).name} is left out: {message}.")
            info = other if worse is info else info
        by_dynamic[info.dynamic] = info
    key_counts = {
        name: sum(name in by_dynamic for by_dynamic in keys.values()) for name in velocity_layers.DYNAMIC_VELOCITIES
    }
    frequent = [name for name, count in key_counts.items() if count and count >= MIN_DYNAMIC_SHARE * len(keys)]
    chosen = {}
    for key, by_dynamic in sorted(keys.items()):
        group = [by_dynamic[name] for name in reversed(frequent) if name in by_dynamic]
        if group:
            chosen[key] = group
        messages += [
            f"{Path(by_dynamic[name].path).name} is left out: too few keys are played {name}."
            for name in by_dynamic
            if name not in frequent
        ]
    return chosen, messages


def _filter_pitched(recordings: list[RecordingInfo]) -> tuple[list[RecordingInfo], list[str]]:
    """Keep the pitched recordings, or, where there are none, all as strikes of one key; return them with messages."""
    unpitched = [info for info in recordings if not info.is_pitched]
    pitched = [info for info in recordings if info.is_pitched and info.key is not None]
    if not unpitched:
        return recordings, []
    if pitched:
        reason = "no clear pitch, and none in its name (a name such as guitar_E4 tells it)"
        return pitched, [f"{Path(info.path).name} is left out: {reason}." for info in unpitched]
    key = min(unpitched, key=lambda info: info.path).key
    return [replace(info, key=key) for info in unpitched], []


def _key(
    name: str, named_key: int | None, detected: pitch.Pitch, note: np.ndarray, rate: float
) -> tuple[int | None, list[str]]:
    """Key of a recording by its name and its detected pitch, with messages where they disagree."""
    detected_key = round(pitch_of(detected.frequency))
    if named_key is None:
        return detected_key, []
    if abs(pitch_of(detected.frequency) - named_key) <= 0.5:
        return named_key, []
    message = f"{name} sounds like {note_name(detected_key)} ({detected.frequency:.1f} Hz)"
    if pitch.harmonicity(note, rate, frequency_of(named_key)) >= MIN_NAME_CLARITY_RATIO * detected.clarity:
        return named_key, [f"{message} but its partials fit {note_name(named_key)} too: its name is believed."]
    if detected.clarity >= 2 * pitch.MIN_CLARITY:
        return detected_key, [
            f"{message}, not like {note_name(named_key)} as its name says: it is learned as it sounds."
        ]
    return None, [f"{message}, not like {note_name(named_key)} as its name says, and not clearly: it is left out."]
