"""Artifacts of the frame grid in a sound: jumps between frames, and combs of lines one frame rate apart.

A mode of a recurrence sounds at its frequency and, more or less, at all frequencies that are multiples of the frame
rate from it or from its mirror. A sound with such a comb is cyclostationary (Gardner, Napolitano and Paura 2006): its
autocorrelation varies with the position in the frame, which that of a recording does not.
"""

import torch
from torch import Tensor

from .model import StateSpaceModel

STRIKES_PER_STEP = 6  # that are rendered in one step of learning
DECAY_START_SECONDS, DECAY_END_SECONDS = 0.05, 0.6  # after a strike
STRIKE_QUANTILE = 0.9  # of the levels of a dimension's sites: the level of its strike
LAGS = (0, 1, 2, 4, 8, 16, 32, 64)  # samples, of the autocorrelation
EPSILON = 1e-9


def edge_jump_ratio(sound: Tensor, frame: int) -> Tensor:
    """Mean jump between samples (N,) across frames over the mean jump inside frames."""
    jumps = torch.nn.functional.pad((sound[1:] - sound[:-1]).abs(), (0, 1)).view(-1, frame)
    across, inside = jumps[:-1, -1].mean(), jumps[:, :-1].mean()
    return across / (inside + EPSILON)


def comb_loss(model: StateSpaceModel, control: Tensor, generator: torch.Generator) -> Tensor:
    """Cyclostationarity of the decay of strikes: a few dimensions of a control signal (K, F), weighted by power."""
    with torch.no_grad():
        used = torch.nonzero((control > 0).any(dim=1))[:, 0].cpu()
        if not len(used):
            return control.new_zeros(())
        chosen = used[torch.randperm(len(used), generator=generator)[:STRIKES_PER_STEP]].to(control.device)
        levels = torch.stack([control[k][control[k] > 0].quantile(STRIKE_QUANTILE) for k in chosen])
    sounds = render_strike_decays(model, model.input_matrix()[:, chosen] * levels)
    variance_ratio, power = cyclostationarity(sounds, model.sizes.frame)
    share = power.detach() / (power.detach().sum() + EPSILON)
    return (share * variance_ratio).sum()


def render_strike_decays(model: StateSpaceModel, inputs: Tensor) -> Tensor:
    """The decay of strikes (D, N) after their attacks: inputs (S, D) of the state in one frame, then none."""
    rate = model.sizes.rate / model.sizes.frame
    h, states = torch.tanh(inputs.T), []
    for frame in range(round(DECAY_END_SECONDS * rate)):
        if frame >= DECAY_START_SECONDS * rate:
            states.append(h)
        h = torch.tanh(h @ model.recurrence.T)
    return torch.sin(torch.stack(states, dim=1) @ model.output.T).flatten(start_dim=1)


def cyclostationarity(sounds: Tensor, frame: int) -> tuple[Tensor, Tensor]:
    """Variance of the autocorrelation of sounds (D, N) over positions in the frame, relative to its mean: (D,).

    0 where no two lines are a multiple of the frame rate apart. Also their powers (D,).
    """
    length = (sounds.shape[1] - max(LAGS)) // frame * frame
    varying = constant = torch.zeros(len(sounds), device=sounds.device)
    for lag in LAGS:
        product = sounds[:, :length] * sounds[:, lag : lag + length]
        means = product.view(len(sounds), -1, frame).mean(dim=1)
        mean = means.mean(dim=1)
        varying = varying + ((means - mean[:, None]) ** 2).mean(dim=1)
        constant = constant + mean**2
    return varying / (constant + EPSILON), (sounds**2).mean(dim=1)
