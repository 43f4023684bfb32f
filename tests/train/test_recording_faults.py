"""Faults of a recording are reported."""

import numpy as np
import pytest

from tests.train.test_recording import _tone
from train.recording_faults import check


def test_a_good_recording_has_no_faults():
    assert check(_tone() * np.hanning(22050), 22050) == []


@pytest.mark.parametrize(
    ("samples", "word"),
    [
        (_tone(0.1), "too short"),
        (_tone(level=1e-5), "silent"),
        (_tone(level=0.003), "soft"),
        (np.clip(_tone(level=2.0), -1, 1), "clipped"),
        (_tone() + 0.1, "off centre"),
        (_tone() + 0.05 * np.random.default_rng(1).standard_normal(22050), "noisy"),
    ],
)
def test_each_fault_is_reported(samples, word):
    assert any(word in sentence for sentence in check(samples.astype(np.float32), 22050))
