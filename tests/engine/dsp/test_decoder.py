"""The decoder kernel against the same network in torch, in batches of any size."""

import numpy as np
import pytest
import torch

from engine.dsp import matmul, matmul_plain
from engine.dsp.decoder import HAS_FLOAT16, WORK_ROWS, decode, pack_weights
from engine.dsp.matmul import WIDTH, pack, padded
from engine.kinds.ddsp import random_preset

FORMS = [False, True][: 1 + HAS_FLOAT16]  # whether as float16
SIZES = [(16, 12, 65), (80, 30, 33), (256, 100, 65)]


class TorchDecoder(torch.nn.Module):
    """The network of a preset's tensors, from torch modules."""

    def __init__(self, tensors):
        super().__init__()
        self.tensors = {name: torch.from_numpy(tensor.astype(np.float32)) for name, tensor in tensors.items()}
        units = len(tensors["pitch_0_bias"])
        self.gru = torch.nn.GRU(2 * units, units, batch_first=True)
        with torch.no_grad():
            self.gru.weight_ih_l0[:] = self.tensors["gru_input"]
            self.gru.weight_hh_l0[:] = self.tensors["gru_state"]
            self.gru.bias_ih_l0[:] = self.tensors["gru_input_bias"]
            self.gru.bias_hh_l0[:] = self.tensors["gru_state_bias"]

    def stack(self, name, x):
        for i in range(3):
            weight, bias, scale, shift = (
                self.tensors[f"{name}_{i}_{part}"] for part in ("weight", "bias", "scale", "shift")
            )
            x = torch.nn.functional.linear(x, weight, bias)
            x = torch.nn.functional.leaky_relu(torch.nn.functional.layer_norm(x, bias.shape, scale, shift), 0.01)
        return x

    @torch.no_grad()
    def forward(self, features):
        """Heads (B, F, 1 + H + N) of features (B, F, 2)."""
        both = torch.cat([self.stack("pitch", features[..., :1]), self.stack("loudness", features[..., 1:])], -1)
        x = self.stack("out", torch.cat([both, self.gru(both)[0]], -1))
        heads = [
            torch.nn.functional.linear(x, self.tensors[f"{name}_weight"], self.tensors[f"{name}_bias"])
            for name in ("amplitude", "harmonics", "noise")
        ]
        return 2 * torch.sigmoid(torch.cat(heads, -1)) ** np.log(10) + 1e-7


def features(batch, frames=40, seed=3):
    """Slowly varying pitch and loudness (B, F, 2)."""
    random = np.random.default_rng(seed)
    steps = random.normal(0, 1, (batch, frames, 2)) * (0.01, 0.2)
    return (np.cumsum(steps, 1) + (0.5, 0.0)).astype(np.float32)


def decoded(tensors, inputs, half=False, batches=None):
    """Heads (B, F, 1 + H + N), the voices decoded in batches of these sizes."""
    weights, vectors, units, heads = pack_weights(tensors, half)
    count, frames, _ = inputs.shape
    state = np.zeros((1, count, padded(units)), np.float32)
    out = np.zeros((frames, count, padded(heads)), np.float32)
    for f in range(frames):
        start = 0
        for size in batches or [count]:
            part, work = slice(start, start + size), np.zeros((WORK_ROWS, size, padded(units)), np.float32)
            decode(weights, vectors, units, inputs[part, f].T.copy(), state[:, part], work, out[f : f + 1, part])
            start += size
    return out[:, :, :heads].transpose(1, 0, 2)


def error(heard, expected):
    """Difference from what was expected, in dB."""
    return 10 * np.log10(((heard - expected) ** 2).sum() / (expected**2).sum())


@pytest.mark.parametrize(("units", "harmonics", "bands"), SIZES)
@pytest.mark.parametrize("half", FORMS)
def test_the_decoder_agrees_with_torch(units, harmonics, bands, half):
    _, tensors = random_preset(units, harmonics, bands, seed=units)
    inputs = features(3)
    expected = TorchDecoder(tensors)(torch.from_numpy(inputs)).numpy().astype(float)
    heard = decoded(tensors, inputs, half)
    bound = -55 if half else -100
    for part in (slice(0, 1), slice(1, 1 + harmonics), slice(1 + harmonics, None)):
        assert error(heard[..., part], expected[..., part]) <= bound


@pytest.mark.parametrize("half", FORMS)
@pytest.mark.parametrize("batches", [[1] * 7, [2, 2, 3], [4, 3], [6, 1]])
def test_a_voice_does_not_depend_on_the_others_of_its_batch(half, batches):
    _, tensors = random_preset(80)
    inputs = features(7)
    np.testing.assert_array_equal(decoded(tensors, inputs, half, batches), decoded(tensors, inputs, half))


@pytest.mark.parametrize("batch", range(1, 6))
@pytest.mark.parametrize(("parts", "size", "gates"), [(1, 1, 1), (2, 7, 3), (3, 64, 1)])
def test_packed_panels_multiply_as_matrices(batch, parts, size, gates, random):
    rows, inputs = gates * 2 * WIDTH, parts * size
    matrix, bias = random.normal(size=(rows, inputs)).astype("f4"), random.normal(size=rows).astype("f4")
    x, y = random.normal(size=(parts, batch, size)).astype("f4"), np.zeros((gates, batch, 2 * WIDTH), np.float32)
    whole = x.transpose(1, 0, 2).reshape(batch, inputs).astype(float)

    def check(multiply, panels, matrix):
        for first, last in ((0, 1), (1, rows // WIDTH)):
            multiply(panels, 0, bias, x, y, first, last)
        expected = (whole @ matrix.T.astype(float) + bias).reshape(batch, gates, -1).transpose(1, 0, 2)
        np.testing.assert_allclose(y, expected, atol=1e-4)

    for kernels in (matmul, matmul_plain):
        check(kernels.multiply, pack(matrix, False), matrix)
    if HAS_FLOAT16:
        check(matmul.multiply, pack(matrix, True), matrix.astype(np.float16))


def test_heads_stay_in_range_for_any_input():
    _, tensors = random_preset(16)
    for value in (-1e6, 0.0, 1e4, 1e6):
        heard = decoded(tensors, np.full((1, 3, 2), value, np.float32))
        assert heard.min() >= 1e-7
        assert heard.max() <= 2.000001
