"""The closed-form energy of struck modes against the sum of squares of their output."""

import numpy as np
import pytest

from engine.dsp.modal_energy import impulse_response_energy


@pytest.mark.parametrize("extra_decay", [0.0, 4.0])
def test_it_is_the_energy_of_the_output_also_where_modes_cancel(extra_decay):
    random = np.random.default_rng(0)
    frequency = np.concatenate([random.uniform(200, 4000, 8), [500.0, 500.4, 900.0, 900.0]])
    decay = np.concatenate([random.uniform(2, 40, 8), [5.0, 5.2, 9.0, 11.0]])
    residue = random.normal(size=12) + 1j * random.normal(size=12)
    residue[-3:] = -0.98 * residue[-4], 2.0, -1.9
    time = np.arange(4 * 48_000) / 48_000
    poles = -decay - extra_decay + 2j * np.pi * frequency
    sound = sum((c * np.exp(pole * time)).real for c, pole in zip(residue, poles, strict=True))
    expected = (sound**2).sum() / 48_000
    assert impulse_response_energy(frequency, decay, residue.real, residue.imag, extra_decay) == pytest.approx(
        expected, rel=0.02
    )
