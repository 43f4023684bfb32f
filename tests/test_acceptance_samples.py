"""Seeded samples of the fuzzing that `make acceptance` does at full length."""

import pytest

from benchmarks.acceptance.fuzz import TARGETS, count_failures

SAMPLE_SHARE = 0.01
SAMPLES = {  # of a target, where they are more
    "recordings": 300,
    "scores through the command": 300,
    "recordings through the command": 300,
}


@pytest.mark.verify
@pytest.mark.parametrize("name", TARGETS)
def test_damage_is_refused_by_the_declared_errors_or_read(name, tmp_path):
    attempts, _, attempt = TARGETS[name]
    assert count_failures(attempt, SAMPLES.get(name, max(round(SAMPLE_SHARE * attempts), 2)), tmp_path) == (0, "")
