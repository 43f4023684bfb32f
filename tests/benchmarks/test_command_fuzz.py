"""Fifty damaged scores and recordings through the commands; more of them in `make verify` and `make acceptance`."""

import pytest

from benchmarks.acceptance.fuzz import TARGETS, count_failures


@pytest.mark.parametrize("name", ["scores through the command", "recordings through the command"])
def test_a_damaged_file_gives_a_sound_file_or_one_line(name, tmp_path):
    assert count_failures(TARGETS[name][2], 50, tmp_path) == (0, "")
