"""The recurrence against float64 in plain numpy."""

import numpy as np
import pytest

from engine.dsp import tanh_rnn
from engine.simd.vectors import aligned_zeros


def network(random, size=128, frame=128):
    """W, V, and a state; W a little less than a rotation."""
    rotation = np.linalg.qr(random.normal(size=(size, size)))[0]
    return 0.998 * rotation, random.normal(0, 0.1, (frame, size)), random.uniform(-1, 1, size)


def laid(values, size):
    row = aligned_zeros((tanh_rnn.padded(size),))
    row[: len(values)] = values
    return row


def steps(weight, output, h, inputs, loss=1.0):
    """The frames (F, B) of a network with the inputs `inputs` (F, S)."""
    size, frame = weight.shape[0], output.shape[0]
    panels, frames = tanh_rnn.pack(weight), tanh_rnn.pack(output)
    h, nothing = laid(h, size), laid([], frame)
    written = []
    for row in inputs:
        y = laid([], frame)
        tanh_rnn.step(panels, frames, nothing, laid(row, size), np.float32(loss), h, y)
        written.append(y[:frame])
    return np.array(written), h


@pytest.mark.parametrize(("size", "frame"), [(128, 128), (48, 32), (130, 200), (1, 64)])
def test_frames_are_those_of_the_formula(random, size, frame):
    weight, output, h = network(random, size, frame)
    inputs = random.normal(0, 0.5, (50, size))
    written, state = steps(weight, output, h, inputs)
    for row, heard in zip(inputs, written, strict=True):
        h = np.tanh(weight @ h + row)
        np.testing.assert_allclose(heard, np.sin(output @ h), atol=1e-5)
    np.testing.assert_allclose(state[:size], h, atol=1e-5)
    assert not state[size:].any()


def test_a_loss_reduces_the_state(random):
    weight, output, h = network(random)
    state = steps(weight, output, h, np.zeros((1, 128)), 0.25)[1]
    np.testing.assert_allclose(state, 0.25 * np.tanh(weight @ h), atol=1e-6)


def test_tanh_is_right_everywhere():
    x = np.concatenate([np.linspace(-12, 12, 100_001), [1e-8, -1e-8, 1e30, -np.inf]]).astype(np.float32)
    out = np.empty_like(x)
    tanh_rnn.scaled_tanh(x, np.float32(1), out)
    np.testing.assert_allclose(out, np.tanh(x.astype(np.float64)), atol=3e-7)


def test_the_sine_is_right_over_many_turns():
    x = np.linspace(-100, 100, 100_001).astype(np.float32)
    y = x.copy()
    tanh_rnn.replace_by_sine(y)
    np.testing.assert_allclose(y, np.sin(x.astype(np.float64)), atol=3e-7)


def test_from_saturated_states_it_decays_at_least_by_its_norm(random):
    weight, output, _ = network(random)
    state = steps(weight, output, np.sign(random.normal(size=128)), np.zeros((1000, 128)))[1]
    assert np.linalg.norm(state) <= 0.998**1000 * np.sqrt(128) * 1.001
