"""The events of a performance, against the control signal that it is made from."""

import numpy as np
import pytest

from engine.events import Kind
from engine.preset.control_performance import PERFORMANCES, perform, performance_seconds

HEADER = {"rate": 1000, "control": {"dimensions": 4, "frames": 50, "hop": 125}}
TENSORS = {
    "control_values": np.array([0.5, 1.0, 0.25], np.float32),
    "control_sites": np.array([[0, 3], [3, 20], [1, 20]], np.int32),
    "deformation": np.stack((np.ones(50), np.repeat([0.0, 2.0], 25))).astype(np.float32),
}


def test_learned_is_the_control_signal_in_seconds():
    strikes = [event for event in perform(HEADER, TENSORS, "learned") if event[1] == Kind.CONTROL]
    assert strikes == [(0.375, Kind.CONTROL, 0, 0.5), (2.5, Kind.CONTROL, 3, 1.0), (2.5, Kind.CONTROL, 1, 0.25)]


def test_a_deformation_is_sent_when_it_moves_half_a_frame_before_it_is_reached():
    moves = [event for event in perform(HEADER, TENSORS, "learned") if event[1] == Kind.DEFORM]
    assert moves == [
        (0.0, Kind.DEFORM, 0, 1.0),
        (0.0, Kind.DEFORM, 1, 0.0),
        (3.0625, Kind.DEFORM, 0, 1.0),
        (3.0625, Kind.DEFORM, 1, 2.0),
    ]


def test_permuted_exchanges_whole_dimensions_and_nothing_else():
    orders = set()
    for seed in range(20):
        strikes = [event for event in perform(HEADER, TENSORS, "permuted", seed) if event[1] == Kind.CONTROL]
        assert [(time, value) for time, _, _, value in strikes] == [(0.375, 0.5), (2.5, 1.0), (2.5, 0.25)]
        assert len({row for _, _, row, _ in strikes}) == 3
        orders.add(tuple(row for _, _, row, _ in strikes))
    assert len(orders) > 5


def test_random_is_sparse_in_order_and_in_the_learned_range():
    events = perform(HEADER, TENSORS, "random", 1)
    times = [time for time, *_ in events]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] < performance_seconds(HEADER) == 6.25
    assert len(events) == 25
    assert all(0.25 <= value <= 1 and 0 <= row < 4 for _, _, row, value in events)


@pytest.mark.parametrize("name", PERFORMANCES)
def test_a_seed_gives_the_same_performance(name):
    assert perform(HEADER, TENSORS, name, 5) == perform(HEADER, TENSORS, name, 5)


def test_what_cannot_be_performed_is_refused_with_a_reason():
    with pytest.raises(ValueError, match="'loud'; there are learned, random, permuted"):
        perform(HEADER, TENSORS, "loud")
    with pytest.raises(ValueError, match="no learned control signal"):
        perform(HEADER, {}, "learned")
