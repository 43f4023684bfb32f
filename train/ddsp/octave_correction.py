"""Octaves of the tracked pitch of single notes, by the names of a whole set as far as the sound agrees with them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.pitch_and_frequency import frequency_of, pitch_of
from train.note_names.name_reader import NamedNote, read_names
from train.note_names.sound_check import HeardPitch, candidate_keys, check_keys
from train.notes import note_span
from train.notes.pitch import harmonicity

from .features import Features

MAX_DEVIATION_SEMITONES, MIN_STEADY_SHARE = 0.6, 0.8
"""Deviation from one pitch, octaves apart, that this share of a single note's frames may have."""


def correct_octaves(
    paths: Sequence[str | Path], sounds: Sequence[np.ndarray], features: Sequence[Features], rate: int
) -> tuple[list[Features], list[str]]:
    """Move the pitch of each single note to one octave: that of its name if its sound (N,) has it, else that tracked.

    Returns messages too, one on the whole set where all its names are octaves off.
    """
    names = [name if name.keys and not name.is_number else None for name in read_names(paths)]
    single = [i for i, name in enumerate(names) if name and _is_single_note(features[i])]
    notes = [name for i in single if (name := names[i])]
    heard = [_hear(sounds[i], features[i], rate, note) for i, note in zip(single, notes, strict=True)]
    checked, messages = check_keys(notes, heard)
    corrected = list(features)
    for i, one in zip(single, checked, strict=True):
        messages += [one.message] if one.message else []
        corrected[i] = _in_octave_of(features[i], one.key)
    return corrected, messages


def _hear(sound: np.ndarray, features: Features, rate: int, name: NamedNote) -> HeardPitch:
    """The tracked pitch of a sound (N,), with the clarity of the named keys where it is not one of them."""
    frequency = float(np.median(features.pitch[features.voiced]))
    heard = HeardPitch(frequency, 1.0, is_reliable=True)
    if name.key is None or heard.is_near(name.key):
        return heard
    note = sound[note_span.find_onset(sound, rate) :].astype(np.float64)
    clarity = max(harmonicity(note, rate, frequency), 1e-6)
    return HeardPitch(
        frequency,
        1.0,
        is_reliable=True,
        support={key: harmonicity(note, rate, frequency_of(key)) / clarity for key in candidate_keys(name)},
    )


def _is_single_note(features: Features) -> bool:
    """Whether most frames have one pitch, octaves apart."""
    if not features.voiced.any():
        return False
    tracked = pitch_of(features.pitch[features.voiced])
    deviation = tracked - np.median(tracked)
    return bool(
        (np.abs(deviation - 12 * np.round(deviation / 12)) < MAX_DEVIATION_SEMITONES).mean() >= MIN_STEADY_SHARE
    )


def _in_octave_of(features: Features, key: int | None) -> Features:
    """Features with the pitch in the octave of a key (MIDI), if it is that note."""
    if key is None:
        return features
    distance = pitch_of(features.pitch) - key
    octaves = np.round(distance / 12)
    is_near = np.abs(distance - 12 * octaves)[features.voiced] < MAX_DEVIATION_SEMITONES
    return replace(features, pitch=features.pitch / 2**octaves) if is_near.mean() >= MIN_STEADY_SHARE else features
