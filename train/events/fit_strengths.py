"""Fit the strengths of events, their context and their room to a sound by gradient descent.

The encoder estimates the strength of each event by itself, and context and room; here the sum of the
events is compared with the sound.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from .decomposition_window import DecompositionWindow
from .loss import reconstruction_loss
from .model import EventModel, Events, place_events

STRENGTH_STEPS, CONTEXT_ROOM_STEPS = 24, 48  # of the strengths in a window; of context and room of all windows
STRENGTH_LEARNING_RATE, CONTEXT_LEARNING_RATE = 0.15, 0.02  # the former of logarithms; they fall to a tenth
MIN_STRENGTH = 0.01  # initial strength of an event
MIN_ROOM_GAIN = 1e-4  # initial gain of a room


def solve_strengths(
    window: DecompositionWindow, sounds: Tensor, strengths: Tensor, steps: int
) -> tuple[Tensor, float]:
    """The strengths (n,) of sounds (n, N) with the lowest loss on the way from given ones, and that loss."""
    levels = strengths.clamp(min=MIN_STRENGTH).log().requires_grad_()
    optimizer = torch.optim.Adam([levels], lr=STRENGTH_LEARNING_RATE)
    best, lowest = strengths, torch.inf
    with torch.enable_grad():
        for step in range(steps + 1):
            loss = window.losses((window.known + levels.exp() @ sounds)[None]).sum()
            if float(loss.detach()) < lowest:
                best, lowest = levels.detach().exp(), float(loss.detach())
            optimizer.param_groups[0]["lr"] = STRENGTH_LEARNING_RATE * (1 - 0.9 * step / steps)
            _step(optimizer, loss, [levels])
    return best, lowest


def fit_context_and_room(
    model: EventModel, pairs: Sequence[tuple[Tensor, Events]], context_and_room: tuple[Tensor, Tensor], level: float
) -> tuple[tuple[Tensor, Tensor], list[Events]]:
    """Fit context (1, M) and room (1, 1 + rooms) to pairs of a window (N,) and its events (1, n).

    Returns them and the events with their new strengths. level: scale at which losses are measured.
    """
    with torch.enable_grad():
        context = context_and_room[0].clone().requires_grad_()
        room = context_and_room[1].clamp(min=MIN_ROOM_GAIN).log().requires_grad_()
        levels = [found.strengths[0].clamp(min=MIN_STRENGTH).log().requires_grad_() for _, found in pairs]
        groups = [
            {"params": [room, *levels], "lr": STRENGTH_LEARNING_RATE},
            {"params": [context], "lr": CONTEXT_LEARNING_RATE},
        ]
        optimizer = torch.optim.Adam(groups)
        for step in range(CONTEXT_ROOM_STEPS):
            (window, found), strengths = pairs[step % len(pairs)], levels[step % len(pairs)]
            sounds = model.decoder(found.keys[0], strengths.exp(), context.expand(len(strengths), -1))
            wet = model.rooms.reverberate(place_events(sounds, found.frames, model.sizes), room.exp())
            for group, full in zip(
                optimizer.param_groups, (STRENGTH_LEARNING_RATE, CONTEXT_LEARNING_RATE), strict=True
            ):
                group["lr"] = full * (1 - 0.9 * step / CONTEXT_ROOM_STEPS)
            _step(optimizer, reconstruction_loss(level * wet, level * window[None]), [context, room, strengths])
    events = [
        Events(found.keys, found.frames, strengths.detach().exp()[None])
        for (_, found), strengths in zip(pairs, levels, strict=True)
    ]
    return (context.detach(), room.detach().exp().clamp(max=1.0)), events


def _step(optimizer: torch.optim.Optimizer, loss: Tensor, variables: list[Tensor]) -> None:
    """One step of some variables only: the weights of the model get no gradient."""
    optimizer.zero_grad()
    for variable, gradient in zip(variables, torch.autograd.grad(loss, variables), strict=True):
        variable.grad = gradient
    optimizer.step()
