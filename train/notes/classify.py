"""What a recording of a single note is, by ear and by name, and which of many recordings to learn from."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from train import recording

from . import onset, pitch, velocity_layers

USUAL = "mezzo-forte"
"""The dynamic of a recording whose name tells none."""
TRUST = 0.7
"""A name is believed before the ear if its pitch explains the recording at least this well beside the best."""
RARE = 0.2
"""A dynamic that fewer keys have than this part is left out."""


@dataclass(frozen=True)
class Heard:
    """A recording before it is learned. key: MIDI note; clarity: of its pitch, 0 … 1; words: what is to be said.

    pitched: whether it has a pitch at all; what has none is left out where others have one.
    """

    path: str
    key: int | None
    dynamic: str
    clarity: float
    words: tuple[str, ...] = ()
    pitched: bool = True


def listen(path: str, rate: int) -> Heard:
    """What a recording is: its key by ear, checked against its name, its dynamic, and what is wrong with it."""
    name = Path(path).name
    dynamic = pitch.dynamic_in_name(path) or USUAL
    try:
        samples, rate = recording.load(path, rate)
    except recording.RecordingError as error:
        return Heard(path, None, dynamic, 0.0, (f"{name} is left out: {error}",))
    troubles = recording.check(samples, rate)
    words = [f"{name}: {trouble}" for trouble in troubles]
    if any("too short" in trouble or "silent" in trouble for trouble in troubles):
        return Heard(path, None, dynamic, 0.0, (f"{name} is left out: {troubles[0]}",))
    mono = samples.mean(axis=0).astype(np.float64)
    span = onset.find(mono, rate)
    note = mono[span.onset : span.end]
    best = pitch.detect(note, rate)
    told = pitch.key_in_name(path)
    if told is None and not best.is_sure:
        return Heard(path, round(pitch.key_of(best.frequency)), dynamic, best.clarity, tuple(words), pitched=False)
    key, text = _key(name, told, best, note, rate)
    return Heard(path, key, dynamic, best.clarity, (*words, *text))


def choose(listened: list[Heard]) -> tuple[dict[int, list[Heard]], list[str]]:
    """Recordings by key, one per dynamic, the clearest; loudest dynamic first. And in words what is left out."""
    words = [word for heard in listened for word in heard.words]
    listened, odd = _alike(listened)
    words += odd
    keys: dict[int, dict[str, Heard]] = {}
    for heard in listened:
        if heard.key is None:
            continue
        row = keys.setdefault(heard.key, {})
        rival = row.get(heard.dynamic)
        if rival:
            loser = min(rival, heard, key=lambda one: one.clarity)
            said = f"{pitch.name_of(heard.key)} {heard.dynamic} is there twice"
            words.append(f"{Path(loser.path).name} is left out: {said}.")
            heard = rival if loser is heard else heard
        row[heard.dynamic] = heard
    counts = {name: sum(name in row for row in keys.values()) for name in velocity_layers.DYNAMICS}
    kept = [name for name, count in counts.items() if count and count >= RARE * len(keys)]
    chosen = {}
    for key, row in sorted(keys.items()):
        group = [row[name] for name in reversed(kept) if name in row]
        if group:
            chosen[key] = group
        words += [
            f"{Path(row[name].path).name} is left out: too few keys are played {name}."
            for name in row
            if name not in kept
        ]
    return chosen, words


def _alike(listened: list[Heard]) -> tuple[list[Heard], list[str]]:
    """Those that have a pitch, or, where none has, all as strokes of one thing; and in words what is left out."""
    lost = [heard for heard in listened if not heard.pitched]
    others = [heard for heard in listened if heard.pitched and heard.key is not None]
    if not lost:
        return listened, []
    if others:
        reason = "no clear pitch, and none in its name (a name such as guitar_E4 tells it)"
        return others, [f"{Path(heard.path).name} is left out: {reason}." for heard in lost]
    key = min(lost, key=lambda heard: heard.path).key
    return [replace(heard, key=key) for heard in lost], []


def _key(
    name: str, told: int | None, best: pitch.Pitch, note: np.ndarray, rate: float
) -> tuple[int | None, list[str]]:
    """The key of a recording, from its name and its pitch by ear, and in words where they disagree."""
    ear = round(pitch.key_of(best.frequency))
    if told is None:
        return ear, []
    if abs(pitch.key_of(best.frequency) - told) <= 0.5:
        return told, []
    said = f"{name} sounds like {pitch.name_of(ear)} ({best.frequency:.1f} Hz)"
    if pitch.harmonicity(note, rate, pitch.frequency_of(told)) >= TRUST * best.clarity:
        return told, [f"{said} but its partials fit {pitch.name_of(told)} too: its name is believed."]
    if best.clarity >= 2 * pitch.SURE:
        return ear, [f"{said}, not like {pitch.name_of(told)} as its name says: it is learned as it sounds."]
    return None, [f"{said}, not like {pitch.name_of(told)} as its name says, and not clearly: it is left out."]
