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
        own = projected.new_empty(frames, batch, width)
        transposed = weight.t()
        for t in range(frames):
            torch.addmm(bias, states[t], transposed, out=own[t])
            reset, update = gates[t].add_(own[t, :, : 2 * units]).sigmoid_().chunk(2, -1)
            new = candidates[t].addcmul_(reset, own[t, :, 2 * units :]).tanh_()
            torch.lerp(new, states[t], update, out=states[t + 1])
        ctx.save_for_backward(weight, states, gates, candidates, own[..., 2 * units :])
        return states[1:]

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        weight, states, gates, new, own = ctx.saved_tensors
        reset, update = gates.chunk(2, -1)
        before = states[:-1]
        slope_new = (1 - update) * (1 - new * new)
        slope_reset = slope_new * own * reset * (1 - reset)
        slope_update = (before - new) * update * (1 - update)
        slopes = torch.stack([slope_reset, slope_update, slope_new * reset], 2)
        frames, batch, _, units = slopes.shape
        arriving = torch.empty_like(before)
        leaving = slopes.new_empty(frames, batch, 3 * units)
        back = torch.zeros_like(before[0])
        for t in range(frames - 1, -1, -1):
            torch.add(outer[0][t], back, out=arriving[t])
            torch.mul(arriving[t][:, None], slopes[t], out=leaving[t].view(batch, 3, units))
            back = torch.addmm(arriving[t] * update[t], leaving[t], weight)
        flat = leaving.view(-1, 3 * units)
        projected = leaving.clone()
        projected[..., 2 * units :] = arriving * slope_new
        return projected, flat.t() @ before.reshape(-1, units), flat.sum(0), back
