"""Search for the events of a window: candidates of the encoder, chosen by the loss.

The encoder proposes candidates in what is still missing. Each is tried beside the events that are there, the best are
added, all strengths are solved together, and the events whose removal raises the loss least are dropped until there
are no more than a segment has.
"""

import torch
from torch import Tensor

from .decomposition_window import AnalysisWindow, concatenate, select
from .fit_strengths import STRENGTH_STEPS, solve_strengths
from .model import Events, magnitude_spectrum

DEFAULT_ROUNDS = 3  # of candidates
MIN_IMPROVEMENT = 0.003  # relative, of the loss in a round; after less the search ends
CANDIDATES, MAX_ADDED = 24, 12  # events in a round
TRIED_SCALES = (0.3, 1.0)  # of the strength that the encoder found
DROPPED_AT_ONCE = 6  # events
DROP_STEPS = 6  # of the strengths of the others after that


def refine_events(window: AnalysisWindow, found: Events, rounds: int = DEFAULT_ROUNDS) -> Events:
    """Events (1, n) of a lower loss than those found, with the best strengths together.

    rounds: of candidates, at most; with 0 only the strengths of the events change.
    """
    count = window.model.sizes.events
    sounds = window.render_each(found)
    strengths, lowest = solve_strengths(window, sounds, found.strengths[0], STRENGTH_STEPS)
    best = found = Events(found.keys, found.frames, strengths[None])
    for _ in range(rounds):
        found = concatenate(found, _candidates(window, found))
        sounds = window.render_each(found)
        strengths, _ = solve_strengths(window, sounds, found.strengths[0], STRENGTH_STEPS)
        kept, strengths = drop_least_missed(window, sounds, strengths, count)
        strengths, loss = solve_strengths(window, sounds[kept], strengths, STRENGTH_STEPS)
        found = select(found, kept)
        found = Events(found.keys, found.frames, strengths[None])
        if loss > (1 - MIN_IMPROVEMENT) * lowest:
            return found if loss < lowest else best
        best, lowest = found, loss
    return best


def drop_least_missed(window: AnalysisWindow, sounds: Tensor, strengths: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Indices of at most `count` sounds (n, N) whose removal would raise the loss most, and their strengths."""
    kept = torch.arange(len(sounds), device=sounds.device)
    while len(kept) > count:
        parts = strengths[:, None] * sounds[kept]
        with torch.no_grad():
            losses = window.losses(window.known + parts.sum(0) - parts)
        stays = losses.argsort(descending=True)[: max(count, len(kept) - DROPPED_AT_ONCE)].sort().values
        kept = kept[stays]
        strengths, _ = solve_strengths(window, sounds[kept], strengths[stays], DROP_STEPS)
    return kept, strengths


def _candidates(window: AnalysisWindow, found: Events) -> Events:
    """The best (1, m) of the events that the encoder finds in what events (1, n) leave."""
    model = window.model
    with torch.no_grad():
        whole = window.known + found.strengths[0] @ window.render_each(found)
        left = (magnitude_spectrum(window.target[None]) - magnitude_spectrum(whole[None])).relu()
        more = model.find_events(model.encoder(left), CANDIDATES)
        more = select(more, more.strengths[0] > 0)
        sounds = window.render_each(more) * more.strengths[0, :, None]
        tried = torch.stack([window.losses(whole + part * sounds) for part in TRIED_SCALES])
        loss, which = tried.min(0)
        better = loss < window.losses(whole[None])
        order = loss.argsort()
        order = order[better[order]][:MAX_ADDED]
        shares = torch.tensor(TRIED_SCALES, device=loss.device)[which]
    return select(Events(more.keys, more.frames, more.strengths * shares), order)
