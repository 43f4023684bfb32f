"""The energy of a struck bank of modes, in closed form."""

import math

from numba import njit


@njit(cache=True, error_model="numpy", fastmath=True)
def energy(frequency, decay, real, imaginary, fading):
    """The integral of the square of Σ Re(c_j exp((−decay_j − fading + 2πi frequency_j) t)) over t > 0.

    frequency: (J,) Hz. decay: (J,) 1/s. c = real + i imaginary: (J,). fading: 1/s, how fast the ear stops counting.
    Modes that almost coincide count with their interference; the sums of their frequencies, which cancel within a
    period, are left out.
    """
    total = 0.0
    for i in range(frequency.shape[0]):
        total += 0.25 * (real[i] * real[i] + imaginary[i] * imaginary[i]) / (decay[i] + fading)
        for j in range(i):
            rate = decay[i] + decay[j] + 2 * fading
            apart = 2 * math.pi * (frequency[i] - frequency[j])
            along = real[i] * real[j] + imaginary[i] * imaginary[j]
            across = imaginary[i] * real[j] - real[i] * imaginary[j]
            total += (along * rate - across * apart) / (rate * rate + apart * apart)
    return total
