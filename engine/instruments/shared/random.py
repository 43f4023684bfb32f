"""Random number generator of an instrument; its state is the field `random_state` of the record: u4, never 0."""

import numpy as np

from engine.kernel import njit


def seed_state(seed: int) -> int:
    """The initial value of `random_state` for a seed."""
    return (seed * 2654435761 + 88172645) % (1 << 32) or 1


@njit(cache=True, error_model="numpy")
def next_bits(state):
    """[audio thread] The next random number of 32 bits: xorshift, Marsaglia 2003."""
    x = state.random_state
    x ^= (x << np.uint32(13)) & np.uint32(0xFFFFFFFF)
    x ^= x >> np.uint32(17)
    x ^= (x << np.uint32(5)) & np.uint32(0xFFFFFFFF)
    state.random_state = x
    return np.uint32(x)


@njit(cache=True, error_model="numpy")
def next_signed(state):
    """[audio thread] The next random number from -1 to 1."""
    return np.float32(np.int64(next_bits(state)) - (1 << 31)) * np.float32(2.0**-31)
