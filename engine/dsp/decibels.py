"""Levels in dB and nepers, linear gains, and the largest valid sample."""

import numpy as np

from engine.kernel import njit

MAX_SAMPLE = np.float32(1e4)  # a sample beyond it, or NaN, is taken for silence: filters would keep it for ever
NEPERS_PER_60_DB = np.float32(np.log(1000.0))


@njit(cache=True, error_model="numpy")
def gain_of(level):
    """The linear gain, float32, of a level in dB."""
    return np.float32(10) ** (level / np.float32(20))
