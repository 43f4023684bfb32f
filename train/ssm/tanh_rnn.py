"""The states of a recurrent tanh network and their gradient, frame by frame in compiled code.

Step by step in torch a recording of 2048 frames takes a tenth of a second; here it takes some milliseconds, and all
that does not depend on the frame before is a matrix product.
"""

from typing import Any

import numpy as np
import torch
from numba import njit
from torch import Tensor

from engine.dsp.tanh_rnn import multiply, pack, padded, step_state


def run_recurrence(weight: Tensor, inputs: Tensor) -> Tensor:
    """The states h_n = tanh(W h_{n−1} + u_n), h_{−1} = 0: weight (S, S) and inputs (F, S) give (F, S)."""
    if weight.is_cuda:
        units, is_training = weight.shape[0], torch.is_grad_enabled()
        weights, start = (torch.eye(units, device=weight.device), weight), weight.new_zeros(1, 1, units)
        return torch.rnn_tanh(inputs[:, None], start, weights, False, 1, 0.0, is_training, False, False)[0][:, 0]
    return _Recurrence.apply(weight, inputs)


class _Recurrence(torch.autograd.Function):
    """Weight (S, S), inputs (F, S) → states (F, S), on the CPU."""

    @staticmethod
    def forward(ctx: Any, weight: Tensor, inputs: Tensor) -> Tensor:
        padded_inputs = _pad_columns(inputs)
        _forward(pack(weight.numpy()), padded_inputs)
        states = torch.from_numpy(padded_inputs[:, : inputs.shape[1]].copy())
        ctx.save_for_backward(weight, states)
        return states

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor, Tensor]:
        weight, states = ctx.saved_tensors
        gradients = _pad_columns(outer[0])
        _backward(pack(weight.numpy().T), _pad_columns(1 - states * states), gradients)
        inputs = torch.from_numpy(gradients[:, : states.shape[1]].copy())
        return inputs[1:].T @ states[:-1], inputs


def _pad_columns(values: Tensor) -> np.ndarray:
    """A copy (F, S) with as many columns as the packed matrix has rows, the new ones 0."""
    copy = np.zeros((len(values), padded(values.shape[1])), np.float32)
    copy[:, : values.shape[1]] = values.detach().numpy()
    return copy


@njit(cache=True, error_model="numpy")
def _forward(weight, inputs):
    """Replace the inputs (F, S') by the states."""
    h = np.zeros(inputs.shape[1], np.float32)
    for n in range(inputs.shape[0]):
        step_state(weight, inputs[n], np.float32(1), h)
        for s in range(h.shape[0]):
            inputs[n, s] = h[s]


@njit(cache=True, error_model="numpy")
def _backward(transposed, slope, gradients):
    """Replace the gradients of the states (F, S') by those of the inputs; slope: (F, S'), 1 − h²."""
    last = gradients.shape[0] - 1
    for n in range(last, -1, -1):
        if n < last:
            multiply(transposed, gradients[n], gradients[n + 1], gradients[n])
        for s in range(gradients.shape[1]):
            gradients[n, s] *= slope[n, s]
