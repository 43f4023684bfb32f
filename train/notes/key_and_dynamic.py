"""Key and dynamic of single-note recordings, by what is said of them and by what is heard."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.pitch_and_frequency import frequency_of
from train import recording, recording_faults
from train.note_names.sound_check import HeardPitch, candidate_keys, check_keys

from . import note_span, pitch
from .note_recording import NoteRecording

DEFAULT_DYNAMIC = "mezzo-forte"
"""Dynamic of a recording whose name contains none."""


@dataclass(frozen=True)
class HeardRecording:
    """A recording and its pitch, None where it cannot be used; messages: to users."""

    recorded: NoteRecording
    pitch: HeardPitch | None
    messages: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordingInfo:
    """A single-note recording before learning. key: MIDI key; clarity: of its pitch, 0…1; messages: to users.

    is_pitched: whether it has a pitch; unpitched recordings are left out where others have one.
    """

    recorded: NoteRecording
    key: int | None
    dynamic: str
    clarity: float
    messages: tuple[str, ...] = ()
    is_pitched: bool = True


def hear(recorded: NoteRecording, rate: int) -> HeardRecording:
    """Find the pitch of a recording and its defects; rate in Hz."""
    name = recorded.name
    try:
        sound = recorded.read(rate)
    except recording.RecordingError as error:
        return HeardRecording(recorded, None, (f"{name} is left out: {error}",))
    defects = recording_faults.check(sound.samples, rate)
    if any("too short" in defect or "silent" in defect for defect in defects):
        return HeardRecording(recorded, None, (f"{name} is left out: {defects[0]}",))
    mono = sound.samples.mean(axis=0).astype(np.float64)
    span = note_span.find_span(mono, rate)
    heard = hear_pitch(mono[span.onset : span.end], rate, candidate_keys(recorded.said))
    return HeardRecording(recorded, heard, (*sound.notices, *(f"{name}: {defect}" for defect in defects)))


def hear_pitch(note: np.ndarray, rate: float, keys: Sequence[int]) -> HeardPitch:
    """Pitch of note (T,), and the clarity of other keys (MIDI), where the pitch is not the first one's."""
    found = pitch.detect(note, rate)
    heard = HeardPitch(found.frequency, found.clarity, found.is_reliable)
    if not keys or heard.is_near(keys[0]):
        return heard
    support = {key: pitch.harmonicity(note, rate, frequency_of(key)) for key in keys}
    return HeardPitch(found.frequency, found.clarity, found.is_reliable, support)


def classify(heard: Sequence[HeardRecording]) -> tuple[list[RecordingInfo], list[str]]:
    """The key and the dynamic of each recording of a set, and messages on the whole set."""
    checked, messages = check_keys([one.recorded.said for one in heard], [one.pitch for one in heard])
    infos = []
    for one, (key, message) in zip(heard, [(each.key, each.message) for each in checked], strict=True):
        dynamic = one.recorded.said.dynamic or DEFAULT_DYNAMIC
        new_messages = (*one.messages, message) if message else one.messages
        if one.pitch and key is None and not message:
            infos.append(RecordingInfo(one.recorded, one.pitch.key, dynamic, one.pitch.clarity, new_messages, False))
        else:
            infos.append(
                RecordingInfo(one.recorded, key, dynamic, one.pitch.clarity if one.pitch else 0.0, new_messages)
            )
    return infos, messages
