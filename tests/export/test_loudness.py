"""Normalized loudness, as it is written into the header of a preset."""

import pytest

from export.loudness import TARGET_LUFS, measure_loudness, normalize
from tests.support.resonance_preset import small_preset


def test_a_normalized_preset_is_as_loud_as_its_header_says_for_the_nominal_phrase():
    preset = normalize(small_preset())
    assert preset.header["loudness"]["phrase"] == "60 64 67 72 at 90"
    assert preset.header["loudness"]["lufs"] == pytest.approx(measure_loudness(preset), abs=0.01)
    assert measure_loudness(preset) == pytest.approx(TARGET_LUFS, abs=0.5)
