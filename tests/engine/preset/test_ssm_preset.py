"""A preset of kind ssm is read as it was written, or refused with a reason."""

import numpy as np
import pytest

from engine.preset.preset_file import Preset, check, read, write
from tests.support.ssm_preset import preset


def test_a_network_is_read_as_it_was_written(path):
    made = preset()
    write(path, made)
    back = read(path)
    assert back.header == made.header
    for name, tensor in made.tensors.items():
        np.testing.assert_array_equal(back.tensors[name], tensor)


@pytest.mark.parametrize(
    ("control", "words"),
    [
        (None, "has control None"),
        ({"dimensions": 6, "frames": 100.0, "hop": 128}, "'control' must give"),
        ({"dimensions": 5, "frames": 100, "hop": 128}, "other dimensions"),
        ({"dimensions": 6, "frames": 100, "hop": 64}, "another hop"),
        ({"dimensions": 6, "frames": 10**9, "hop": 128}, "longer than 3600 s"),
        ({"dimensions": 6, "frames": 3, "hop": 128}, "outside its plane"),
    ],
)
def test_a_control_plane_that_could_not_be_played_is_refused(control, words):
    made = preset()
    with pytest.raises(ValueError, match=words):
        check(Preset({**made.header, "control": control}, made.tensors))


@pytest.mark.parametrize(
    ("tensors", "words"),
    [
        ({"recurrence": 1.01 * np.eye(32)}, "never fall silent: its norm is 1.0100"),
        ({"recurrence": np.zeros((32, 31))}, "where .31, K. was expected"),
        ({"output": np.zeros((128, 31))}, "'output' has shape"),
        ({"output": np.zeros((16, 32))}, "frames have 16 samples"),
        ({"output": np.zeros((5000, 32))}, "size B of its tensors is 5000"),
        ({"input": np.full((32, 6), np.nan)}, "'input'"),
        ({"pitch": np.full(6, 12_000.0)}, "a pitch outside 8 to 11025 Hz"),
        ({"pitch": np.full(6, 1.0)}, "a pitch outside 8 to 11025 Hz"),
        ({"energy": np.full(6, -1.0)}, "'energy'"),
        ({"control_sites": np.full((1, 2), -1, np.int32), "control_values": np.ones(1)}, "outside its plane"),
    ],
)
def test_tensors_that_could_not_be_played_are_refused(tensors, words):
    made = preset()
    changed = {
        name: tensor if tensor.dtype == np.int32 else tensor.astype(np.float32) for name, tensor in tensors.items()
    }
    with pytest.raises(ValueError, match=words):
        check(Preset(made.header, {**made.tensors, **changed}))
