"""Selection of the recordings to learn from: one per key and dynamic, from one microphone, without releases."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from engine.pitch_and_frequency import note_name
from train.note_names.vocabulary import MICROPHONE_WORDS

from . import velocity_layers
from .key_and_dynamic import RecordingInfo
from .note_recording import NoteRecording

MIN_DYNAMIC_SHARE = 0.2
"""Minimum fraction of the keys that must have a dynamic; a rarer dynamic is left out."""
MAX_NAMED_FILES = 3
"""Files that a message names; more are counted."""


def drop_other_sounds(recordings: Sequence[NoteRecording]) -> tuple[list[NoteRecording], list[str]]:
    """Leave out releases, and all microphones but one, where others remain; return messages too."""
    kept, messages = list(recordings), []
    releases = [recorded for recorded in kept if recorded.said.is_release]
    if releases and len(releases) < len(kept):
        kept = [recorded for recorded in kept if not recorded.said.is_release]
        messages.append(f"{_left_out(releases)}: what sounds when a key is released is not learned.")
    positions = {recorded.said.microphone for recorded in kept} - {None}
    if len(positions) > 1:
        chosen = min(positions, key=_microphone_order(kept))
        others = [recorded for recorded in kept if recorded.said.microphone not in (chosen, None)]
        kept = [recorded for recorded in kept if recorded.said.microphone in (chosen, None)]
        messages.append(f"{_left_out(others)}: of the microphones {chosen!r} is learned.")
    return kept, messages


def select(recordings: Sequence[RecordingInfo]) -> tuple[dict[int, list[RecordingInfo]], list[str]]:
    """Select one recording per key and dynamic, the clearest; return them by key, loudest first, and messages."""
    messages = [message for info in recordings for message in info.messages]
    recordings, pitch_messages = _filter_pitched(list(recordings))
    keys, take_messages = _clearest_takes(recordings)
    dynamics, dynamic_messages = _choose_dynamics(keys)
    chosen = {}
    for key, by_dynamic in sorted(keys.items()):
        group = [by_dynamic[name] for name in reversed(dynamics) if name in by_dynamic]
        if group:
            chosen[key] = group
    return chosen, [*messages, *pitch_messages, *take_messages, *dynamic_messages]


def _clearest_takes(recordings: Sequence[RecordingInfo]) -> tuple[dict[int, dict[str, RecordingInfo]], list[str]]:
    """The clearest recording of each key and dynamic, and messages on the others."""
    keys: dict[int, dict[str, RecordingInfo]] = {}
    others: list[RecordingInfo] = []
    for info in recordings:
        if info.key is None:
            continue
        by_dynamic = keys.setdefault(info.key, {})
        other = by_dynamic.get(info.dynamic)
        if other:
            worse = min(other, info, key=lambda candidate: candidate.clarity)
            others.append(worse)
            info = other if worse is info else info
        by_dynamic[info.dynamic] = info
    if len(others) > MAX_NAMED_FILES:
        return keys, [
            f"{_left_out([info.recorded for info in others])}: one take of each note and dynamic is learned."
        ]
    return keys, [
        f"{info.recorded.name} is left out: {note_name(info.key)} {info.dynamic} is there twice."
        for info in others
        if info.key is not None
    ]


def _choose_dynamics(keys: dict[int, dict[str, RecordingInfo]]) -> tuple[list[str], list[str]]:
    """The dynamics to learn, soft to loud: not too rare, and not more than an instrument can have; and messages."""
    counts = Counter(name for by_dynamic in keys.values() for name in by_dynamic)
    frequent = [name for name in velocity_layers.sort(counts) if counts[name] >= MIN_DYNAMIC_SHARE * len(keys)]
    rare = [info for each in keys.values() for name, info in each.items() if name not in frequent]
    messages = _each_left_out(rare, lambda info: f"too few keys are played {info.dynamic}")
    count, limit = len(frequent), velocity_layers.MAX_LAYERS
    if count <= limit:
        return frequent, messages
    kept = [frequent[round(i * (count - 1) / (limit - 1))] for i in range(limit)]
    words = f"Of {count} dynamics {limit} are learned, from {kept[0]} to {kept[-1]}: an instrument has no more."
    return kept, [*messages, words]


def _each_left_out(infos: Sequence[RecordingInfo], why: Callable[[RecordingInfo], str]) -> list[str]:
    """A message for each recording that is left out, or one for many."""
    if len(infos) > MAX_NAMED_FILES:
        return [f"{_left_out([info.recorded for info in infos])}: {why(infos[0])}."]
    return [f"{info.recorded.name} is left out: {why(info)}." for info in infos]


def _filter_pitched(recordings: list[RecordingInfo]) -> tuple[list[RecordingInfo], list[str]]:
    """Keep the pitched recordings, or, where there are none, all as strikes of one key; return them with messages."""
    unpitched = [info for info in recordings if not info.is_pitched]
    pitched = [info for info in recordings if info.is_pitched and info.key is not None]
    if not unpitched:
        return recordings, []
    if pitched:
        reason = "no clear pitch, and none in its name (a name such as guitar_E4 tells it)"
        return pitched, _each_left_out(unpitched, lambda info: reason)
    key = min(unpitched, key=lambda info: info.recorded.path).key
    return [replace(info, key=key) for info in unpitched], []


def _left_out(recordings: Sequence[NoteRecording]) -> str:
    """Which recordings are left out: the names of a few, the number of many."""
    names = [recorded.name for recorded in recordings]
    if len(names) <= MAX_NAMED_FILES:
        return f"{' and '.join(names)} {'are' if len(names) > 1 else 'is'} left out"
    return f"{len(names)} recordings are left out ({names[0]} … {names[-1]})"


def _microphone_order(recordings: Sequence[NoteRecording]) -> Callable[[str | None], tuple[int, int, str]]:
    """Order of positions of microphones: the one with most recordings first, then the nearest."""
    counts = Counter(recorded.said.microphone for recorded in recordings)
    order = {name: place for place, name in enumerate(MICROPHONE_WORDS)}
    return lambda name: (-counts[name], order.get(str(name), len(order)), str(name))
