"""The energy of the impulse response of a bank of modes, in closed form."""

import math

from engine.kernel import Signature, njit

_SIGNATURE = Signature("f8", *[("f8", 1)] * 4, "f8")


@njit(cache=True, error_model="numpy", fastmath=True, exported=_SIGNATURE)
def impulse_response_energy(frequency, decay, real, imaginary, extra_decay):
    """The integral of the square of Σ Re(c_j exp((−decay_j − extra_decay + 2πi frequency_j) t)) over t > 0.

    frequency: (J,) Hz. decay: (J,) 1/s. c = real + i imaginary: (J,). extra_decay: 1/s, weights later sound less.
    The interference of modes at nearby frequencies is included; terms at the sum of two frequencies, which cancel
    within a period, are neglected.
    """
    total = 0.0
    for i in range(frequency.shape[0]):
        total += 0.25 * (real[i] * real[i] + imaginary[i] * imaginary[i]) / (decay[i] + extra_decay)
        for j in range(i):
            rate = decay[i] + decay[j] + 2 * extra_decay
            difference = 2 * math.pi * (frequency[i] - frequency[j])
            in_phase = real[i] * real[j] + imaginary[i] * imaginary[j]
            quadrature = imaginary[i] * real[j] - real[i] * imaginary[j]
            total += (in_phase * rate - quadrature * difference) / (rate * rate + difference * difference)
    return total
