"""The DDSP decoder: pitch and loudness to harmonics and noise bands, frame by frame (Engel et al. 2020).

Pitch and loudness pass through three layers each (linear, layer norm, leaky ReLU), then together through a GRU, and
with its state through three more layers; the linear heads end in 2 · sigmoid(x)^ln 10 + 1e-7.
One call computes a frame for a batch of voices: reading the weights is most of the cost.
U units are padded with zeros to `padded(U)`. LUTHIER_KERNELS=plain selects matmul_plain.py.
"""

import math
import os
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from engine.kernel import Signature, njit
from engine.simd.vectors import aligned_zeros

from . import matmul, matmul_plain
from .matmul import pack, padded
from .vector_math import sigmoid_power, tanh

HAS_FLOAT16 = (
    matmul.HAS_FLOAT16 and os.environ.get("LUTHIER_KERNELS") != "plain"
)  # whether float16 panels can be used
WORK_ROWS = 11  # rows of `padded(U)` numbers of working memory for a voice

_multiply = matmul_plain.multiply if os.environ.get("LUTHIER_KERNELS") == "plain" else matmul.multiply
_LAYERS = 3
_EPSILON = np.float32(1e-5)
_LEAK = np.float32(0.01)
_POWER = math.log(10)


class DecoderWeights(NamedTuple):
    """The weights of a decoder, packed for `decode`.

    panels: the matrices one after another, float32, or float16 as uint16. vectors: biases, scales and shifts,
    float32. units: U. heads: number of outputs: 1 amplitude, harmonics, bands of noise.
    """

    panels: np.ndarray
    vectors: np.ndarray
    units: int
    heads: int


def pack_weights(tensors: Mapping[str, np.ndarray], half: bool) -> DecoderWeights:
    """[main thread] Pack the tensors of a preset; half: matrices as float16."""
    units = len(tensors["pitch_0_bias"])
    matrices, vectors = [], []
    for stack in ("pitch", "loudness"):
        vectors.append(_vector(tensors[f"{stack}_0_weight"][:, 0]))
        vectors += _layer_vectors(tensors, stack, 0)
        for i in range(1, _LAYERS):
            matrices.append(_pad_blocks(tensors[f"{stack}_{i}_weight"], units))
            vectors += _layer_vectors(tensors, stack, i)
    for name in ("gru_input", "gru_state"):
        matrices.append(_pad_blocks(tensors[name], units))
        vectors += [_vector(gate) for gate in np.split(tensors[f"{name}_bias"], 3)]
    for i in range(_LAYERS):
        matrices.append(_pad_blocks(tensors[f"out_{i}_weight"], units))
        vectors += _layer_vectors(tensors, "out", i)
    heads = np.concatenate([tensors[f"{name}_weight"] for name in ("amplitude", "harmonics", "noise")])
    matrices.append(_pad_columns(heads.astype(np.float32), units))
    vectors.append(_vector(np.concatenate([tensors[f"{name}_bias"] for name in ("amplitude", "harmonics", "noise")])))
    packed = np.concatenate([pack(matrix, half) for matrix in matrices])
    return DecoderWeights(_aligned_copy(packed), _aligned_copy(np.concatenate(vectors)), units, len(heads))


_SIGNATURES = [
    Signature("", (weights, 1), ("f4", 1), "i8", ("f4", 2), ("f4", 3), ("f4", 3), ("f4", 3))
    for weights in (("f4", "u2") if HAS_FLOAT16 else ("f4",))
]


@njit(cache=True, error_model="numpy", exported=_SIGNATURES)
def decode(weights, vectors, units, features, state, work, heads):
    """Decode one frame for each voice of a batch.

    weights, vectors, units: as in `DecoderWeights`. features: (2, B) pitch and loudness, scaled as in training.
    state: (1, B, padded(U)) of the GRU, updated. work: (WORK_ROWS, B, padded(U)). heads: (1, B, padded(heads)),
    written: amplitude, harmonics and noise, each 1e-7 … 2; the padding is undefined.
    """
    gru_input, from_input, from_state, first, second = work[:3], work[3:6], work[6:9], work[9:10], work[10:11]
    w, v = 0, 0
    for stack in range(2):
        v = _input_layer(vectors, v, units, features[stack], first)
        w, v = _layer(weights, vectors, w, v, units, first, second)
        w, v = _layer(weights, vectors, w, v, units, second, gru_input[stack : stack + 1])
    w, v = _dense(weights, vectors, w, v, gru_input[:2], from_input)
    w, v = _dense(weights, vectors, w, v, state, from_state)
    _update_gru(from_input, from_state, state[0], units)
    _copy(state[0], gru_input[2])
    w, v = _layer(weights, vectors, w, v, units, gru_input, first)
    w, v = _layer(weights, vectors, w, v, units, first, second)
    w, v = _layer(weights, vectors, w, v, units, second, first)
    _dense(weights, vectors, w, v, first, heads)
    for b in range(heads.shape[1]):
        _exp_sigmoid(heads[0, b])


@njit(cache=True, error_model="numpy")
def _input_layer(vectors, v, units, feature, y):
    """The layer from one number to all units; returns the offset of the next vectors."""
    size = y.shape[2]
    for b in range(y.shape[1]):
        for k in range(size):
            y[0, b, k] = vectors[v + k] * feature[b] + vectors[v + size + k]
        _layer_norm(y[0, b], vectors[v + 2 * size : v + 4 * size], units)
    return v + 4 * size


@njit(cache=True, error_model="numpy")
def _layer(weights, vectors, w, v, units, x, y):
    """A layer of units, y from x; returns the offsets of the next weights and vectors."""
    size = y.shape[2]
    w, v = _dense(weights, vectors, w, v, x, y)
    for b in range(y.shape[1]):
        _layer_norm(y[0, b], vectors[v : v + 2 * size], units)
    return w, v + 2 * size


@njit(cache=True, error_model="numpy")
def _dense(weights, vectors, w, v, x, y):
    """Write y = matrix · x + bias; returns the offsets of the next weights and vectors."""
    inputs, rows = x.shape[0] * x.shape[2], y.shape[0] * y.shape[2]
    _multiply(weights, w, vectors[v : v + rows], x, y)
    return w + rows * inputs, v + rows


@njit(cache=True, error_model="numpy", fastmath=True)
def _layer_norm(y, affine, units):
    """Layer norm of the units of y, then leaky ReLU; affine: scales, then shifts."""
    total = np.float32(0)
    for k in range(units):
        total += y[k]
    mean = total / np.float32(units)
    square = np.float32(0)
    for k in range(units):
        square += (y[k] - mean) * (y[k] - mean)
    slope = np.float32(1) / np.sqrt(square / np.float32(units) + _EPSILON)
    for k in range(units):
        x = (y[k] - mean) * slope * affine[k] + affine[y.shape[0] + k]
        y[k] = max(x, _LEAK * x)


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _update_gru(from_input, from_state, state, units):
    """Update GRU states (B, size); from_input, from_state: (3, B, size) pre-activations of reset, update and new."""
    half = np.float32(0.5)
    for b in range(state.shape[0]):
        for k in range(units):
            reset = half + half * tanh(half * (from_input[0, b, k] + from_state[0, b, k]))
            update = half + half * tanh(half * (from_input[1, b, k] + from_state[1, b, k]))
            new = tanh(from_input[2, b, k] + reset * from_state[2, b, k])
            state[b, k] = new + update * (state[b, k] - new)


@njit(cache=True, error_model="numpy")
def _copy(state, target):
    """Copy states (B, size)."""
    for b in range(state.shape[0]):
        for k in range(state.shape[1]):
            target[b, k] = state[b, k]


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _exp_sigmoid(head):
    """Map the output of a linear layer to amplitudes above 0."""
    for k in range(head.shape[0]):
        head[k] = np.float32(2 * sigmoid_power(head[k], _POWER) + 1e-7)


def _layer_vectors(tensors: Mapping[str, np.ndarray], stack: str, i: int) -> list[np.ndarray]:
    return [_vector(tensors[f"{stack}_{i}_{part}"]) for part in ("bias", "scale", "shift")]


def _vector(values: np.ndarray) -> np.ndarray:
    """Values, padded with zeros to the rows of a packed matrix."""
    out = np.zeros(padded(len(values)), np.float32)
    out[: len(values)] = values
    return out


def _pad_blocks(matrix: np.ndarray, units: int) -> np.ndarray:
    """Pad a matrix of (units, units) blocks so that each block is padded(units) wide and high."""
    blocks = matrix.astype(np.float32).reshape(-1, units, matrix.shape[1])
    padded_matrix = np.zeros((len(blocks), padded(units), matrix.shape[1]), np.float32)
    padded_matrix[:, :units] = blocks
    return _pad_columns(padded_matrix.reshape(-1, matrix.shape[1]), units)


def _pad_columns(matrix: np.ndarray, units: int) -> np.ndarray:
    blocks = matrix.reshape(len(matrix), -1, units)
    padded_matrix = np.zeros((*blocks.shape[:2], padded(units)), np.float32)
    padded_matrix[:, :, :units] = blocks
    return padded_matrix.reshape(len(matrix), -1)


def _aligned_copy(values: np.ndarray) -> np.ndarray:
    """A copy that starts at a cache line."""
    buffer = aligned_zeros((-(-values.nbytes // 4),)).view(values.dtype)[: values.size]
    buffer[:] = values
    return buffer
