"""What the grid of frames leaves in a sound: jumps where frames meet, and combs of lines one frame rate apart.

A mode of a recurrence sounds at its frequency and, more or less, at all that lie multiples of the frame rate from it
or from its mirror. A sound with such a comb is cyclostationary (Gardner, Napolitano and Paura 2006): its
autocorrelation sways with the place in the frame, which that of a recording does not.
"""

import torch
from torch import Tensor

from .model import StateSpace

STRIKES = 6  # that are listened to in one step of learning
AFTER, UNTIL = 0.05, 0.6  # seconds after a strike in which it is
LOUD = 0.9  # of a dimension's sites, the part that is softer than the strike
LAGS = (0, 1, 2, 4, 8, 16, 32, 64)  # samples: of the autocorrelation
TINY = 1e-9


def edges(sound: Tensor, frame: int) -> Tensor:
    """The mean jump between samples (N,) of two frames over that between samples of one."""
    jumps = torch.nn.functional.pad((sound[1:] - sound[:-1]).abs(), (0, 1)).view(-1, frame)
    across, inside = jumps[:-1, -1].mean(), jumps[:, :-1].mean()
    return across / (inside + TINY)


def combs(model: StateSpace, played: Tensor, generator: torch.Generator) -> Tensor:
    """How much of a comb strikes of the control signal (K, F) leave: a few of its dimensions, by their loudness."""
    with torch.no_grad():
        used = torch.nonzero((played > 0).any(dim=1))[:, 0].cpu()
        if not len(used):
            return played.new_zeros(())
        chosen = used[torch.randperm(len(used), generator=generator)[:STRIKES]].to(played.device)
        loud = torch.stack([played[k][played[k] > 0].quantile(LOUD) for k in chosen])
    sounds = struck(model, model.entrance()[:, chosen] * loud)
    swaying, power = sway(sounds, model.sizes.frame)
    share = power.detach() / (power.detach().sum() + TINY)
    return (share * swaying).sum()


def struck(model: StateSpace, entering: Tensor) -> Tensor:
    """What strikes sound like once their attacks are over, (D, N): what enters (S, D) in one frame, then nothing."""
    rate = model.sizes.rate / model.sizes.frame
    h, states = torch.tanh(entering.T), []
    for frame in range(round(UNTIL * rate)):
        if frame >= AFTER * rate:
            states.append(h)
        h = torch.tanh(h @ model.recurrence.T)
    return torch.sin(torch.stack(states, dim=1) @ model.output.T).flatten(start_dim=1)


def sway(sounds: Tensor, frame: int) -> tuple[Tensor, Tensor]:
    """How much the autocorrelation of sounds (D, N) sways with the place in the frame, over its mean: (D,).

    0 where no two lines are a multiple of the frame rate apart. Also their powers (D,).
    """
    length = (sounds.shape[1] - max(LAGS)) // frame * frame
    swaying = resting = torch.zeros(len(sounds), device=sounds.device)
    for lag in LAGS:
        product = sounds[:, :length] * sounds[:, lag : lag + length]
        places = product.view(len(sounds), -1, frame).mean(dim=1)
        middle = places.mean(dim=1)
        swaying = swaying + ((places - middle[:, None]) ** 2).mean(dim=1)
        resting = resting + middle**2
    return swaying / (resting + TINY), (sounds**2).mean(dim=1)
