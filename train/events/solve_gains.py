"""How strong events must be, in which context and room, so that all together come as near to a sound as they can.

The encoder says how strong each is by itself, and guesses what surrounds them; what they come to together is heard
only here.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from .analysis_window import Window
from .loss import distance
from .model import EventModel, Found, laid

STEPS, SETTLING = 24, 48  # of strengths in a window; of what surrounds all windows
STEP_SIZE, OF_CONTEXT = 0.15, 0.02  # the former of a logarithm; the last step is a tenth of the first
WEAKEST = 0.01  # strength that an event begins with, at least
FAINTEST = 1e-4  # part of a room, likewise


def balanced(window: Window, sounds: Tensor, strengths: Tensor, steps: int) -> tuple[Tensor, float]:
    """The best strengths (n,) of sounds (n, N) that are met on the way from some; how far they are from a window."""
    levels = strengths.clamp(min=WEAKEST).log().requires_grad_()
    optimizer = torch.optim.Adam([levels], lr=STEP_SIZE)
    best, nearest = strengths, torch.inf
    with torch.enable_grad():
        for step in range(steps + 1):
            away = window.distances((window.known + levels.exp() @ sounds)[None]).sum()
            if float(away.detach()) < nearest:
                best, nearest = levels.detach().exp(), float(away.detach())
            optimizer.param_groups[0]["lr"] = STEP_SIZE * (1 - 0.9 * step / steps)
            _move(optimizer, away, [levels])
    return best, nearest


def settled(
    model: EventModel, heard: Sequence[tuple[Tensor, Found]], around: tuple[Tensor, Tensor], level: float
) -> tuple[tuple[Tensor, Tensor], list[Found]]:
    """Another context (1, M) and room (1, 1 + rooms), that suit windows (N,) and their events (1, n) best.

    Beside them the events, as strong as they then are. level: what all is scaled by where distances are measured.
    """
    with torch.enable_grad():
        context = around[0].clone().requires_grad_()
        room = around[1].clamp(min=FAINTEST).log().requires_grad_()
        levels = [found.strengths[0].clamp(min=WEAKEST).log().requires_grad_() for _, found in heard]
        groups = [{"params": [room, *levels], "lr": STEP_SIZE}, {"params": [context], "lr": OF_CONTEXT}]
        optimizer = torch.optim.Adam(groups)
        for step in range(SETTLING):
            (window, found), strengths = heard[step % len(heard)], levels[step % len(heard)]
            sounds = model.decoder(found.keys[0], strengths.exp(), context.expand(len(strengths), -1))
            wet = model.rooms.reverberate(laid(sounds, found.frames, model.sizes), room.exp())
            for group, full in zip(optimizer.param_groups, (STEP_SIZE, OF_CONTEXT), strict=True):
                group["lr"] = full * (1 - 0.9 * step / SETTLING)
            _move(optimizer, distance(level * wet, level * window[None]), [context, room, strengths])
    events = [
        Found(found.keys, found.frames, strengths.detach().exp()[None])
        for (_, found), strengths in zip(heard, levels, strict=True)
    ]
    return (context.detach(), room.detach().exp().clamp(max=1.0)), events


def _move(optimizer: torch.optim.Optimizer, loss: Tensor, variables: list[Tensor]) -> None:
    """One step of some variables; the model that the loss went through learns nothing."""
    optimizer.zero_grad()
    for variable, gradient in zip(variables, torch.autograd.grad(loss, variables), strict=True):
        variable.grad = gradient
    optimizer.step()
