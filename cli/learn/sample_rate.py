"""The sample rate to learn at: that of the recordings within bounds, unless the command says another."""

from collections.abc import Sequence

import numpy as np

from engine.sound_file import reader

MIN_RATE_HZ, MAX_RATE_HZ = 16_000, 48_000
"""Bounds of the rate that recordings are learned at; what lies above half of it cannot be heard."""
MAX_FILES = 32  # of a set whose rates are read, evenly chosen
BEGINNING_SECONDS = 0.05  # read for the rate


def source_rate(paths: Sequence[str]) -> int:
    """The highest rate in Hz of sound files, within MIN_RATE_HZ and MAX_RATE_HZ; damaged ones are passed over."""
    indices = np.unique(np.linspace(0, len(paths) - 1, MAX_FILES).astype(int))
    rates: list[int] = []
    for i in indices if paths else []:
        try:
            rates.append(reader.read(paths[i], None, 0.0, BEGINNING_SECONDS).rate)
        except reader.RecordingError:
            continue  # said where it is learned from
    return min(max([MIN_RATE_HZ, *rates]), MAX_RATE_HZ)


def rate_factor(rate: int, usual_rate: int) -> int:
    """The power of two by which sizes in samples grow, at a rate, to last about as long as at the usual one."""
    return 1 << max(round(np.log2(rate / usual_rate)), 0)
