"""The modal recurrence: banks of damped modes driven by attacks at control rate, fast enough to learn on a CPU.

An FFT convolution cannot exploit that the response is a sum of modes and the excitation a few attacks on a grid. Here
the modes keep a state from frame to frame, as in the engine: the contribution of an attack to the states at the end
of a frame is a small matrix product, the recurrence over frames a scan, and the sound between two states a matrix
product again. Nothing is approximated, and no table is as long as the recording.
"""

from itertools import pairwise
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import pad

CHUNK_FRAMES = 32  # of the scan, processed in parallel


class ModeBanks(NamedTuple):
    """Modes whose impulse response is Re(residue·exp((i·angle − decay)·n)).

    decay, angle: per sample, float64, as angle·n has to be exact to a small part of a cycle. residue: complex128.
    """

    decay: Tensor
    angle: Tensor
    residue: Tensor


def place_attacks(energy: Tensor, attacks: Tensor, hop: int) -> Tensor:
    """Attacks (R, T) started at each frame, scaled by its energy (R, F): (R, F·hop)."""
    return torch.bmm(*_cut(energy, attacks, hop)).flatten(1)


def render_modes(energy: Tensor, attacks: Tensor, modes: ModeBanks, hop: int) -> Tensor:
    """Response of banks of modes (R, E, J) to attacks (R, T) scaled by the energy (R, F) of frames: (R, E, F·hop)."""
    variants = modes.decay.shape[1]
    recent, pieces = (part.repeat_interleave(variants, 0) for part in _cut(energy, attacks, hop))
    response = _response(recent, pieces, ModeBanks(*(part.flatten(0, 1) for part in modes)), hop)
    return response.flatten(1).unflatten(0, (-1, variants))


def response_norm(modes: ModeBanks, frames: int) -> Tensor:
    """The norm over `frames` samples of the impulse response of banks (..., J): (...), in closed form."""
    pole = torch.exp(torch.complex(-modes.decay, modes.angle))
    late = torch.exp(torch.complex(-modes.decay, modes.angle) * frames)
    total = torch.zeros_like(modes.decay[..., 0])
    for operation in (torch.conj, torch.Tensor.clone):
        pairs, ends, weights = (
            part[..., :, None] * operation(part)[..., None, :] for part in (pole, late, modes.residue)
        )
        total = total + (weights * (1 - ends) / (1 - pairs)).real.sum((-1, -2))
    return torch.sqrt(torch.clamp(total / 2, min=0))


def _cut(energy: Tensor, attacks: Tensor, hop: int) -> tuple[Tensor, Tensor]:
    """Energies of the attacks that overlap each frame (R, F, spans), newest last; their pieces (R, spans, hop)."""
    spans = -(-attacks.shape[1] // hop)
    recent = pad(energy, (spans - 1, 0)).unfold(1, spans, 1)
    return recent, pad(attacks, (0, spans * hop - attacks.shape[1])).unflatten(1, (spans, hop)).flip(1)


def _response(recent: Tensor, pieces: Tensor, modes: ModeBanks, hop: int) -> Tensor:
    """Sound (G, F, hop) of banks (G, J), from recent energies (G, F, spans) and pieces of attack (G, spans, hop)."""
    dtype = recent.dtype
    powers = _powers(modes, 1, hop + 1, dtype)
    pole_powers = _powers(modes, hop, CHUNK_FRAMES + 1, dtype)[..., 1:].transpose(1, 2).contiguous()
    end_states = torch.bmm(pieces, _real_pairs(powers[..., :hop].flip(-1).transpose(1, 2)))
    inputs = torch.view_as_complex(torch.bmm(recent, end_states).unflatten(2, (-1, 2)))
    states = _Scan.apply(inputs, pole_powers)
    previous_states = torch.view_as_real(torch.cat((torch.zeros_like(states[:, :1]), states[:, :-1]), 1)).flatten(2)
    responses = modes.residue.to(powers.dtype)[..., None] * powers
    # Re(c·s) = Re c·Re s − Im c·Im s
    state_responses = _real_pairs(responses[..., 1:].conj().transpose(1, 2)).transpose(1, 2)
    return torch.baddbmm(
        torch.bmm(recent, _same_frame(pieces, responses[..., :hop].real.sum(1))), previous_states, state_responses
    )


def _same_frame(pieces: Tensor, head: Tensor) -> Tensor:
    """Response within the same frame: causal convolution of pieces (G, spans, hop) with head (G, hop)."""
    hop = head.shape[1]
    toeplitz = pad(head, (hop - 1, 0)).unfold(1, hop, 1).flip(1)
    return torch.bmm(pieces, toeplitz)


def _powers(modes: ModeBanks, stride: int, count: int, dtype: torch.dtype) -> Tensor:
    """exp((i·angle − decay)·stride·k) for k < count: (G, J, count), complex; the phase is wrapped in float64."""
    steps = stride * torch.arange(count, dtype=modes.angle.dtype, device=modes.angle.device)
    phase = torch.remainder(modes.angle[..., None] * steps, 2 * torch.pi)
    return torch.polar(torch.exp(-modes.decay[..., None] * steps).to(dtype), phase.to(dtype))


def _real_pairs(numbers: Tensor) -> Tensor:
    """Complex (A, B, C) → real (A, B, 2C), real and imaginary parts interleaved."""
    return torch.view_as_real(numbers.resolve_conj().contiguous()).flatten(2)


class _Scan(torch.autograd.Function):
    """y[f] = x[f] + pole·y[f − 1] for x (G, F, J).

    pole_powers: the powers 1 … CHUNK_FRAMES of the poles, (G, CHUNK_FRAMES, J). Only the first power carries a
    gradient: the others are there for speed.
    """

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, pole_powers: Tensor) -> Tensor:
        states = _scan(inputs, pole_powers, range(CHUNK_FRAMES))
        ctx.save_for_backward(states, pole_powers)
        return states

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor]:
        states, pole_powers = ctx.saved_tensors
        inputs = _scan(grads[0], pole_powers.conj().resolve_conj(), range(CHUNK_FRAMES)[::-1])
        powers = torch.zeros_like(pole_powers)
        powers[:, 0] = (inputs[:, 1:] * states[:, :-1].conj()).sum(1)
        return inputs, powers


def _scan(inputs: Tensor, pole_powers: Tensor, order: range) -> Tensor:
    """The recurrence in chunks, forwards in time or, with the order reversed, backwards."""
    frames, powers = inputs.shape[1], pole_powers if order[0] == 0 else pole_powers.flip(1)
    padded = pad(torch.view_as_real(inputs), (0, 0, 0, 0, 0, -frames % CHUNK_FRAMES))
    states = torch.view_as_complex(padded.clone()).unflatten(1, (-1, CHUNK_FRAMES))
    for last, now in pairwise(order):
        states[:, :, now].addcmul_(pole_powers[:, None, 0], states[:, :, last])
    ends = states[:, :, order[-1]].clone()
    chunks = range(states.shape[1])
    for last, now in pairwise(chunks if order[0] == 0 else chunks[::-1]):
        ends[:, now].addcmul_(pole_powers[:, -1], ends[:, last])
        states[:, now].addcmul_(powers, ends[:, None, last])
    return states.flatten(1, 2)[:, :frames]
