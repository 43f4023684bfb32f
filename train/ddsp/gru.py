"""torch.nn.GRU with its gradient written out, which is faster to train on a CPU.

All that does not depend on the step before is computed for all steps at once, the gradient of the weights as one
matrix product.
"""

from typing import Any

import torch
from torch import Tensor, nn


def run_gru(gru: nn.GRU, inputs: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Equal to `gru(inputs, state)`: states (B, F, U) and the last one (1, B, U)."""
    if inputs.is_cuda or not torch.is_grad_enabled():
        return gru(inputs, state)
    batch, units = inputs.shape[0], gru.hidden_size
    first = inputs.new_zeros(batch, units) if state is None else state[0]
    weights: dict[str, Tensor] = dict(gru.named_parameters())
    projected = nn.functional.linear(inputs.transpose(0, 1), weights["weight_ih_l0"], weights["bias_ih_l0"])
    states = _Recurrence.apply(projected, weights["weight_hh_l0"], weights["bias_hh_l0"], first)
    return states.transpose(0, 1), states[-1:]


class _Recurrence(torch.autograd.Function):
    """projected (F, B, 3U), weight (3U, U), bias (3U,), first state (B, U) → states (F, B, U)."""

    @staticmethod
    def forward(ctx: Any, projected: Tensor, weight: Tensor, bias: Tensor, first: Tensor) -> Tensor:
        frames, batch, width = projected.shape
        units = width // 3
        states = projected.new_empty(frames + 1, batch, units)
        states[0] = first
        gates, candidates = projected[..., : 2 * units].clone(), projected[..., 2 * units :].clone()
        recurrent = projected.new_empty(frames, batch, width)
        transposed = weight.t()
        for t in range(frames):
            torch.addmm(bias, states[t], transposed, out=recurrent[t])
            reset, update = gates[t].add_(recurrent[t, :, : 2 * units]).sigmoid_().chunk(2, -1)
            candidate = candidates[t].addcmul_(reset, recurrent[t, :, 2 * units :]).tanh_()
            torch.lerp(candidate, states[t], update, out=states[t + 1])
        ctx.save_for_backward(weight, states, gates, candidates, recurrent[..., 2 * units :])
        return states[1:]

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        weight, states, gates, candidate, recurrent = ctx.saved_tensors
        reset, update = gates.chunk(2, -1)
        before = states[:-1]
        slope_candidate = (1 - update) * (1 - candidate * candidate)
        slope_reset = slope_candidate * recurrent * reset * (1 - reset)
        slope_update = (before - candidate) * update * (1 - update)
        slopes = torch.stack([slope_reset, slope_update, slope_candidate * reset], 2)
        frames, batch, _, units = slopes.shape
        state_gradients = torch.empty_like(before)
        gate_gradients = slopes.new_empty(frames, batch, 3 * units)
        carried_gradient = torch.zeros_like(before[0])
        for t in range(frames - 1, -1, -1):
            torch.add(outer[0][t], carried_gradient, out=state_gradients[t])
            torch.mul(state_gradients[t][:, None], slopes[t], out=gate_gradients[t].view(batch, 3, units))
            carried_gradient = torch.addmm(state_gradients[t] * update[t], gate_gradients[t], weight)
        flat = gate_gradients.view(-1, 3 * units)
        projected = gate_gradients.clone()
        projected[..., 2 * units :] = state_gradients * slope_candidate
        return projected, flat.t() @ before.reshape(-1, units), flat.sum(0), carried_gradient
