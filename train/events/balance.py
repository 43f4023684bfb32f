"""How strong events must be, in which context and room, so that all together come as near to a sound as they can.

The encoder says how strong each is by itself, and guesses what surrounds them; what they come to together is heard
only here.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from .loss import distance
from .model import EventModel, Found, laid

STEPS, SETTLING = 24, 48  # of strengths in a window; of what surrounds all windows
STEP_SIZE, OF_CONTEXT = 0.15, 0.02  # the former of a logarithm
WEAKEST = 0.01  # strength that an event begins with, at least
FAINTEST = 1e-4  # part of a room, likewise


def balanced(model: EventModel, found: Found, target: Tensor, known: Tensor, around: tuple[Tensor, Tensor]) -> Found:
    """Events (1, n) with other strengths; target (N,): the window; known (N,): what already sounds in it."""
    strengths = found.strengths.clamp(min=WEAKEST)
    context, gains = around
    with torch.no_grad():
        beside = context.expand(strengths.shape[1], -1)
        sounds = model.decoder(found.keys[0], strengths[0], beside) / strengths[0, :, None]
    with torch.enable_grad():
        levels = strengths[0].log().requires_grad_()
        optimizer = torch.optim.Adam([levels], lr=STEP_SIZE)
        for _ in range(STEPS):
            dry = laid(sounds * levels.exp()[:, None], found.frames, model.sizes)
            _move(optimizer, distance(known + model.rooms.reverberate(dry, gains), target[None]), [levels])
    return Found(found.keys, found.frames, levels.detach().exp()[None])


def settled(
    model: EventModel, heard: Sequence[tuple[Tensor, Found]], around: tuple[Tensor, Tensor]
) -> tuple[Tensor, Tensor]:
    """Another context (1, M) and room (1, 1 + rooms), that suit windows (N,) and their events (1, n) best."""
    with torch.enable_grad():
        context = around[0].clone().requires_grad_()
        room = around[1].clamp(min=FAINTEST).log().requires_grad_()
        levels = [found.strengths[0].clamp(min=WEAKEST).log().requires_grad_() for _, found in heard]
        groups = [{"params": [room, *levels], "lr": STEP_SIZE}, {"params": [context], "lr": OF_CONTEXT}]
        optimizer = torch.optim.Adam(groups)
        for step in range(SETTLING):
            (window, found), level = heard[step % len(heard)], levels[step % len(heard)]
            sounds = model.decoder(found.keys[0], level.exp(), context.expand(len(level), -1))
            wet = model.rooms.reverberate(laid(sounds, found.frames, model.sizes), room.exp())
            _move(optimizer, distance(wet, window[None]), [context, room, level])
    return context.detach(), room.detach().exp().clamp(max=1.0)


def _move(optimizer: torch.optim.Optimizer, loss: Tensor, variables: list[Tensor]) -> None:
    """One step of some variables; the model that the loss went through learns nothing."""
    optimizer.zero_grad()
    for variable, gradient in zip(variables, torch.autograd.grad(loss, variables), strict=True):
        variable.grad = gradient
    optimizer.step()
