"""Clips of an instrument that has no score: it follows a recording, or answers it by one key."""

from collections.abc import Iterator

import numpy as np

from engine.preset.preset_file import Preset
from export.likeness.distance import RATE
from export.likeness.resynthesis import fade_out, follow, nearest_note

from .audio_clip import Clip, recording_clip

PIECE_SECONDS = 0.5  # length of the pieces that are permuted


def voice_clips(preset: Preset, recording: np.ndarray, seed: int) -> Iterator[Clip]:
    """A recording (2, T), the instrument following it, and following its pieces in random order."""
    yield recording_clip(recording)
    mono = recording.mean(axis=0)
    description = "The instrument follows pitch and loudness of the recording, and nothing else."
    yield Clip("Played again", description, fade_out(follow(preset, mono)[:, : len(mono)]), is_compared=True)
    piece_frames = round(PIECE_SECONDS * RATE)
    pieces = [mono[first : first + piece_frames] for first in range(0, len(mono), piece_frames)]
    order = np.random.default_rng(seed).permutation(len(pieces))
    description = "The recording cut into half seconds, played again in another order."
    yield Clip("Permuted", description, follow(preset, np.concatenate([pieces[i] for i in order])))


def note_clips(preset: Preset, recording: np.ndarray) -> Iterator[Clip]:
    """A recorded note (2, T), and the nearest key of the instrument."""
    yield recording_clip(recording)
    description = "One key of the instrument, at the moment and the pitch of the recording."
    yield Clip("Played again", description, nearest_note(preset, recording), is_compared=True)
