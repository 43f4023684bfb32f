"""Search for the events of a window: candidates of the encoder, chosen by the loss.

The encoder finds candidates in the residual. Each is tried beside the events found so far, the best are added, all
strengths are solved together, and the events whose removal raises the loss least are dropped until there are no more
than a segment has.
"""

import torch
from torch import Tensor

from .decomposition_window import DecompositionWindow, concatenate, select
from .fit_strengths import STRENGTH_STEPS, solve_strengths
from .model import Events, magnitude_spectrum

DEFAULT_ROUNDS = 3  # of candidates
MIN_IMPROVEMENT = 0.003  # relative, of the loss in a round; after less the search ends
CANDIDATES, MAX_ADDED = 24, 12  # events in a round
TRIED_SCALES = (0.3, 1.0)  # of the strength that the encoder found
DROPPED_AT_ONCE = 6  # events
DROP_STEPS = 6  # of the strengths of the others after that


def refine_events(window: DecompositionWindow, found: Events, rounds: int = DEFAULT_ROUNDS) -> Events:
    """Events (1, n) of a lower loss than those found, with the best strengths together.

    rounds: of candidates, at most; with 0 only the strengths of the events change.
    """
    count = window.model.sizes.events
    sounds = window.render_each(found)
    strengths, lowest = solve_strengths(window, sounds, found.strengths[0], STRENGTH_STEPS)
    best = found = Events(found.keys, found.frames, strengths[None])
    for _ in range(rounds):
        found = concatenate(found, _find_candidates(window, found))
        sounds = window.render_each(found)
        strengths, _ = solve_strengths(window, sounds, found.strengths[0], STRENGTH_STEPS)
        kept, strengths = drop_least_important(window, sounds, strengths, count)
        strengths, loss = solve_strengths(window, sounds[kept], strengths, STRENGTH_STEPS)
        found = select(found, kept)
        found = Events(found.keys, found.frames, strengths[None])
        if loss > (1 - MIN_IMPROVEMENT) * lowest:
            return found if loss < lowest else best
        best, lowest = found, loss
    return best


def drop_least_important(
    window: DecompositionWindow, sounds: Tensor, strengths: Tensor, count: int
) -> tuple[Tensor, Tensor]:
    """Indices of at most `count` sounds (n, N) whose removal would raise the loss most, and their strengths."""
    kept = torch.arange(len(sounds), device=sounds.device)
    while len(kept) > count:
        parts = strengths[:, None] * sounds[kept]
        with torch.no_grad():
            losses = window.losses(window.known + parts.sum(0) - parts)
        kept_rows = losses.argsort(descending=True)[: max(count, len(kept) - DROPPED_AT_ONCE)].sort().values
        kept = kept[kept_rows]
        strengths, _ = solve_strengths(window, sounds[kept], strengths[kept_rows], DROP_STEPS)
    return kept, strengths


def _find_candidates(window: DecompositionWindow, found: Events) -> Events:
    """The best (1, m) of the events that the encoder finds in the residual of events (1, n)."""
    model = window.model
    with torch.no_grad():
        mixture = window.known + found.strengths[0] @ window.render_each(found)
        target, found_so_far = (magnitude_spectrum(each[None], model.sizes) for each in (window.target, mixture))
        residual = (target - found_so_far).relu()
        candidates = model.find_events(model.encoder(residual), CANDIDATES)
        candidates = select(candidates, candidates.strengths[0] > 0)
        sounds = window.render_each(candidates) * candidates.strengths[0, :, None]
        tried = torch.stack([window.losses(mixture + scale * sounds) for scale in TRIED_SCALES])
        loss, scale_indices = tried.min(0)
        is_better = loss < window.losses(mixture[None])
        order = loss.argsort()
        order = order[is_better[order]][:MAX_ADDED]
        scales = torch.tensor(TRIED_SCALES, device=loss.device)[scale_indices]
    return select(Events(candidates.keys, candidates.frames, candidates.strengths * scales), order)
