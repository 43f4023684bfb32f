"""A decoder from pitch and loudness to harmonics and noise, a frame at a time (Engel et al. 2020, DDSP).

Pitch and loudness go through three layers each (linear, normalised, rectified), together through a gated recurrent
unit, and with its state through three layers more; linear heads end in 2 · sigmoid(x)^ln 10 + 1e-7.
One call computes a frame for a batch of voices, so that the weights, which are most of the cost, are read once.
U units are laid out as `padded(U)` of which the last are always 0. LUTHIER_KERNELS=plain takes panels_plain.py.
"""

import math
import os
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numba import njit

from engine.simd.vectors import aligned

from . import matmul, matmul_plain
from .matmul import pack, padded
from .vector_math import soft_step, tanh

HALVES = matmul.HALVES and os.environ.get("LUTHIER_KERNELS") != "plain"  # whether float16 panels can be multiplied
ROOM = 11  # rows of `padded(U)` numbers that a voice needs to work in

_multiply = matmul_plain.multiply if os.environ.get("LUTHIER_KERNELS") == "plain" else matmul.multiply
_LAYERS = 3
_EPSILON = np.float32(1e-5)
_LEAK = np.float32(0.01)
_POWER = math.log(10)


class Decoder(NamedTuple):
    """The weights of a decoder as `decode` reads them.

    panels: the matrices one after another, float32, or float16 as uint16. vectors: what is added and multiplied,
    float32. units: U. heads: 1 amplitude, then harmonics, then bands of noise.
    """

    panels: np.ndarray
    vectors: np.ndarray
    units: int
    heads: int


def prepare(tensors: Mapping[str, np.ndarray], half: bool) -> Decoder:
    """[main thread] Lay out the tensors of a preset; half: matrices as float16."""
    units = len(tensors["pitch_0_bias"])
    matrices, vectors = [], []
    for stack in ("pitch", "loudness"):
        vectors.append(_vector(tensors[f"{stack}_0_weight"][:, 0]))
        vectors += _of_layer(tensors, stack, 0)
        for i in range(1, _LAYERS):
            matrices.append(_spread(tensors[f"{stack}_{i}_weight"], units))
            vectors += _of_layer(tensors, stack, i)
    for name in ("gru_input", "gru_state"):
        matrices.append(_spread(tensors[name], units))
        vectors += [_vector(gate) for gate in np.split(tensors[f"{name}_bias"], 3)]
    for i in range(_LAYERS):
        matrices.append(_spread(tensors[f"out_{i}_weight"], units))
        vectors += _of_layer(tensors, "out", i)
    heads = np.concatenate([tensors[f"{name}_weight"] for name in ("amplitude", "harmonics", "noise")])
    matrices.append(_columns(heads.astype(np.float32), units))
    vectors.append(_vector(np.concatenate([tensors[f"{name}_bias"] for name in ("amplitude", "harmonics", "noise")])))
    packed = np.concatenate([pack(matrix, half) for matrix in matrices])
    return Decoder(_aligned(packed), _aligned(np.concatenate(vectors)), units, len(heads))


@njit(cache=True, error_model="numpy")
def decode(weights, vectors, units, features, state, work, heads):
    """One frame for each voice of a batch.

    weights, vectors, units: as in `Decoder`. features: (2, B) pitch and loudness, as the decoder was taught them.
    state: (1, B, padded(U)) of the recurrent unit, moved on. work: (ROOM, B, padded(U)). heads: (1, B, padded(heads))
    written: amplitude, harmonics and noise, each 1e-7 … 2; those beyond the decoder's own mean nothing.
    """
    joined, given, kept, first, second = work[:3], work[3:6], work[6:9], work[9:10], work[10:11]
    w, v = 0, 0
    for stack in range(2):
        v = _first(vectors, v, units, features[stack], first)
        w, v = _layer(weights, vectors, w, v, units, first, second)
        w, v = _layer(weights, vectors, w, v, units, second, joined[stack : stack + 1])
    w, v = _dense(weights, vectors, w, v, joined[:2], given)
    w, v = _dense(weights, vectors, w, v, state, kept)
    _remember(given, kept, state[0], units)
    _write(state[0], joined[2])
    w, v = _layer(weights, vectors, w, v, units, joined, first)
    w, v = _layer(weights, vectors, w, v, units, first, second)
    w, v = _layer(weights, vectors, w, v, units, second, first)
    _dense(weights, vectors, w, v, first, heads)
    for b in range(heads.shape[1]):
        _activate(heads[0, b])


@njit(cache=True, error_model="numpy")
def _first(vectors, v, units, feature, y):
    """The layer from one number to all units; where the next vectors begin."""
    size = y.shape[2]
    for b in range(y.shape[1]):
        for k in range(size):
            y[0, b, k] = vectors[v + k] * feature[b] + vectors[v + size + k]
        _normalise(y[0, b], vectors[v + 2 * size : v + 4 * size], units)
    return v + 4 * size


@njit(cache=True, error_model="numpy")
def _layer(weights, vectors, w, v, units, x, y):
    """A layer of units: y from x; where the next weights and vectors begin."""
    size = y.shape[2]
    w, v = _dense(weights, vectors, w, v, x, y)
    for b in range(y.shape[1]):
        _normalise(y[0, b], vectors[v : v + 2 * size], units)
    return w, v + 2 * size


@njit(cache=True, error_model="numpy")
def _dense(weights, vectors, w, v, x, y):
    """The next matrix times x, and its bias, into y; where those after them begin."""
    inputs, rows = x.shape[0] * x.shape[2], y.shape[0] * y.shape[2]
    _multiply(weights, w, vectors[v : v + rows], x, y)
    return w + rows * inputs, v + rows


@njit(cache=True, error_model="numpy", fastmath=True)
def _normalise(y, curve, units):
    """Bring the units of y to mean 0 and deviation 1, scale and shift each, and let little of what is negative pass.

    curve: scales, then shifts.
    """
    total = np.float32(0)
    for k in range(units):
        total += y[k]
    mean = total / np.float32(units)
    square = np.float32(0)
    for k in range(units):
        square += (y[k] - mean) * (y[k] - mean)
    slope = np.float32(1) / np.sqrt(square / np.float32(units) + _EPSILON)
    for k in range(units):
        x = (y[k] - mean) * slope * curve[k] + curve[y.shape[0] + k]
        y[k] = max(x, _LEAK * x)


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _remember(given, kept, state, units):
    """Move the states (B, size) on; given, kept: (3, B, size) reset, update and new, of the input and the state."""
    half = np.float32(0.5)
    for b in range(state.shape[0]):
        for k in range(units):
            reset = half + half * tanh(half * (given[0, b, k] + kept[0, b, k]))
            update = half + half * tanh(half * (given[1, b, k] + kept[1, b, k]))
            new = tanh(given[2, b, k] + reset * kept[2, b, k])
            state[b, k] = new + update * (state[b, k] - new)


@njit(cache=True, error_model="numpy")
def _write(state, target):
    """Write states (B, size) over others."""
    for b in range(state.shape[0]):
        for k in range(state.shape[1]):
            target[b, k] = state[b, k]


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _activate(head):
    """Let what a linear layer gave become an amplitude above 0."""
    for k in range(head.shape[0]):
        head[k] = np.float32(2 * soft_step(head[k], _POWER) + 1e-7)


def _of_layer(tensors: Mapping[str, np.ndarray], stack: str, i: int) -> list[np.ndarray]:
    return [_vector(tensors[f"{stack}_{i}_{part}"]) for part in ("bias", "scale", "shift")]


def _vector(values: np.ndarray) -> np.ndarray:
    """Values and then zeros, so many as a matrix of them has rows."""
    out = np.zeros(padded(len(values)), np.float32)
    out[: len(values)] = values
    return out


def _spread(matrix: np.ndarray, units: int) -> np.ndarray:
    """A matrix of whole blocks of units by units, with zeros between the blocks."""
    blocks = matrix.astype(np.float32).reshape(-1, units, matrix.shape[1])
    whole = np.zeros((len(blocks), padded(units), matrix.shape[1]), np.float32)
    whole[:, :units] = blocks
    return _columns(whole.reshape(-1, matrix.shape[1]), units)


def _columns(matrix: np.ndarray, units: int) -> np.ndarray:
    blocks = matrix.reshape(len(matrix), -1, units)
    whole = np.zeros((*blocks.shape[:2], padded(units)), np.float32)
    whole[:, :, :units] = blocks
    return whole.reshape(len(matrix), -1)


def _aligned(values: np.ndarray) -> np.ndarray:
    """A copy that begins where a line of the cache begins."""
    room = aligned((-(-values.nbytes // 4),)).view(values.dtype)[: values.size]
    room[:] = values
    return room
