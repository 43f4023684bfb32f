"""A measurement tells whether its goal is met, and is printed."""

import json

import numpy as np
import pytest

from benchmarks.support.measurement import Measurement, print_measurements


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


def test_measurements_of_numpy_are_printed_as_json(capsys):
    print_measurements([Measurement("blocks", np.int64(3), "", np.float32(2), goal_is_max=True)], as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "name": "blocks", "value": 3.0, "unit": "", "goal": 2.0, "goal_is_most": True, "met": False
    }  # fmt: skip
