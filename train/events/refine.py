"""Which events a window is made of, as its encoder hears them and as the distance decides.

What the encoder finds in what is still missing is only offered: each offer is tried beside the events that are there,
the best ones join them, all are weighed together, and those that would be missed least go until there are no more
than a segment has.
"""

import torch
from torch import Tensor

from .analysis_window import Window, chosen, joined
from .model import Found, spectrum
from .solve_gains import STEPS, balanced

ROUNDS = 3  # of offers, at most, unless told otherwise
WORTH = 0.003  # part by which a round must have come nearer for another to follow
OFFERED, TAKEN = 24, 12  # events in a round
TRIED = (0.3, 1.0)  # of the strength that was heard
DROPPED = 6  # events that go at once
SETTLING = 6  # steps in which the others make up for them


def searched(window: Window, found: Found, rounds: int = ROUNDS) -> Found:
    """Events (1, n) that come nearer to a window than those found, as strong as they are best together.

    rounds: of offers, at most; after none they are the same events, only weighed.
    """
    most = window.model.sizes.events
    sounds = window.sounds(found)
    strengths, nearest = balanced(window, sounds, found.strengths[0], STEPS)
    best = found = Found(found.keys, found.frames, strengths[None])
    for _ in range(rounds):
        found = joined(found, _offers(window, found))
        sounds = window.sounds(found)
        strengths, _ = balanced(window, sounds, found.strengths[0], STEPS)
        kept, strengths = missed(window, sounds, strengths, most)
        strengths, near = balanced(window, sounds[kept], strengths, STEPS)
        found = chosen(found, kept)
        found = Found(found.keys, found.frames, strengths[None])
        if near > (1 - WORTH) * nearest:
            return found if near < nearest else best
        best, nearest = found, near
    return best


def missed(window: Window, sounds: Tensor, strengths: Tensor, most: int) -> tuple[Tensor, Tensor]:
    """The numbers of those sounds (n, N) that would be missed, at most so many, and their strengths."""
    kept = torch.arange(len(sounds), device=sounds.device)
    while len(kept) > most:
        parts = strengths[:, None] * sounds[kept]
        with torch.no_grad():
            without = window.distances(window.known + parts.sum(0) - parts)
        stays = without.argsort(descending=True)[: max(most, len(kept) - DROPPED)].sort().values
        kept = kept[stays]
        strengths, _ = balanced(window, sounds[kept], strengths[stays], SETTLING)
    return kept, strengths


def _offers(window: Window, found: Found) -> Found:
    """The best (1, m) of what the encoder hears in what events (1, n) leave."""
    model = window.model
    with torch.no_grad():
        whole = window.known + found.strengths[0] @ window.sounds(found)
        left = (spectrum(window.target[None]) - spectrum(whole[None])).relu()
        more = model.find(model.encoder(left), OFFERED)
        more = chosen(more, more.strengths[0] > 0)
        beside = window.sounds(more) * more.strengths[0, :, None]
        tried = torch.stack([window.distances(whole + part * beside) for part in TRIED])
        near, which = tried.min(0)
        better = near < window.distances(whole[None])
        order = near.argsort()
        order = order[better[order]][:TAKEN]
        shares = torch.tensor(TRIED, device=near.device)[which]
    return chosen(Found(more.keys, more.frames, more.strengths * shares), order)
