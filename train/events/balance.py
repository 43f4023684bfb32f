"""How strong the events of a window must be, so that all together come as near to it as they can.

The encoder says how strong each is by itself; what they come to together is heard only here.
"""

import torch
from torch import Tensor

from .loss import distance
from .model import EventModel, Found, laid

STEPS = 16
STEP_SIZE = 0.15  # of a logarithm
WEAKEST = 0.01  # strength that an event begins with, at least


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
            loss = distance(known + model.rooms.reverberate(dry, gains), target[None])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return Found(found.keys, found.frames, levels.detach().exp()[None])
