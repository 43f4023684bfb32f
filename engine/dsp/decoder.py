"""The DDSP decoder: pitch and loudness to harmonics and noise bands, frame by frame (Engel et al. 2020).

Pitch and loudness pass through three layers each (linear, layer norm, leaky ReLU), then together through a GRU, and
with its state through three more layers; the linear heads end in 2 · sigmoid(x)^ln 10 + 1e-7.
A frame is computed for a batch of voices, as reading the weights is most of the cost; at once, or panel by panel in
as many calls as there is time for, with the same result.
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
from .matmul import WIDTH, pack, padded
from .vector_math import sigmoid_power, tanh

HAS_FLOAT16 = (
    matmul.HAS_FLOAT16 and os.environ.get("LUTHIER_KERNELS") != "plain"
)  # whether float16 panels can be used
WORK_ROWS = 11  # rows of `padded(U)` numbers of working memory for a voice

_multiply = matmul_plain.multiply if os.environ.get("LUTHIER_KERNELS") == "plain" else matmul.multiply
_LAYERS = 3

# The matrices in order: pitch, pitch, loudness, loudness, GRU of inputs, GRU of state, out, out, out, heads. `work`
# has the GRU's inputs in rows 0–2, what it makes of them in 3–5 and of its state in 6–8, layers in 9 and 10.
# Arrays, as a tuple raises where a number is beyond its end.
STEPS = 10
_STATE_STEP = 5  # its input is the state
_X_ROW, _X_PARTS = np.array([9, 10, 9, 10, 0, 0, 0, 9, 10, 9]), np.array([1, 1, 1, 1, 2, 1, 3, 1, 1, 1])
_Y_ROW, _Y_PARTS = np.array([10, 0, 10, 1, 3, 6, 9, 10, 9, 0]), np.array([1, 1, 1, 1, 3, 3, 1, 1, 1, 1])
_MATRIX = np.array([0, 1, 2, 3, 4, 10, 13, 16, 17, 18])  # where each begins, in squares of padded units
_VECTOR = np.array([4, 7, 14, 17, 20, 23, 26, 29, 32, 35])  # where the bias of each begins, in padded units
_INPUT = np.array([0, -1, 1, -1, -1, -1, -1, -1, -1, -1])  # the feature that is the input of a first layer before it

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


def frame_work(size: int, heads: int) -> int:
    """[main thread] The sum of `panel_cost` over all panels of a frame. size, heads: padded, units and outputs."""
    rows = [parts * size for parts in _Y_PARTS[:-1]] + [heads]
    return sum(int(count // WIDTH * parts) for count, parts in zip(rows, _X_PARTS, strict=True))


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
    for step in range(STEPS):
        last = panel_count(step, work.shape[2], heads.shape[2])
        decode_panels((weights, vectors, units), features, state, work, heads, step, 0, last)


@njit(cache=True, error_model="numpy")
def decode_panels(network, features, state, work, heads, step, first, last):
    """Decode the part of a frame that panels first … last − 1 of a matrix make; all in turn are the frame.

    network: weights, vectors and units. step: number of the matrix, of STEPS. last: at most its `panel_count`. The
    others: as of `decode`.
    """
    weights, vectors, units = network
    size = work.shape[2]
    x = state if step == _STATE_STEP else work[_X_ROW[step] : _X_ROW[step] + _X_PARTS[step]]
    y = heads if step == STEPS - 1 else work[_Y_ROW[step] : _Y_ROW[step] + _Y_PARTS[step]]
    v = _VECTOR[step] * size
    if first == 0 and _INPUT[step] >= 0:
        _input_layer(vectors[v - 4 * size : v], units, features[_INPUT[step]], x[0])
    _multiply(weights, _MATRIX[step] * size * size, vectors[v : v + y.shape[0] * y.shape[2]], x, y, first, last)
    if last < panel_count(step, size, heads.shape[2]):
        return
    for b in range(y.shape[1]):
        if step == STEPS - 1:
            _exp_sigmoid(heads[0, b])
        elif y.shape[0] == 1:
            _layer_norm(y[0, b], vectors[v + size : v + 3 * size], units)
    if step == _STATE_STEP:
        _update_gru(work[3:6], work[6:9], state[0], units)
        _copy(state[0], work[2])


@njit(cache=True, error_model="numpy")
def panel_count(step, size, heads):
    """The panels of a step's matrix. size, heads: padded, units and outputs."""
    return (heads if step == STEPS - 1 else _Y_PARTS[step] * size) // WIDTH


@njit(cache=True, error_model="numpy")
def panel_cost(step):
    """The work of a panel of a step: parts of its inputs, each of padded(units) numbers."""
    return _X_PARTS[step]


@njit(cache=True, error_model="numpy")
def _input_layer(vectors, units, feature, y):
    """The layer from one number (B,) to all units, y (B, size); vectors: weights, biases, scales and shifts."""
    size = y.shape[1]
    for b in range(y.shape[0]):
        for k in range(size):
            y[b, k] = vectors[k] * feature[b] + vectors[size + k]
        _layer_norm(y[b], vectors[2 * size : 4 * size], units)


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
