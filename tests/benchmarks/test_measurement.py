"""A measurement tells whether its goal is met."""

import pytest

from benchmarks.support.measurement import Measurement


@pytest.mark.parametrize(
    ("measurement", "met"),
    [
        (Measurement("speed", 3.0, "×", 2.5), True),
        (Measurement("speed", 2.0, "×", 2.5), False),
        (Measurement("error", -93.0, "dB", -90, goal_is_max=True), True),
        (Measurement("error", -80.0, "dB", -90, goal_is_max=True), False),
        (Measurement("time", 9.0, "µs"), None),
    ],
)
def test_a_measurement_tells_whether_its_goal_is_met(measurement, met):
    assert measurement.met is met
