"""Taking a recording of any length apart into events.

Windows overlap by half; each gives the events of its first half, and hears only what those before have left. How
strong they are is settled by all of a window together. All events of a recording share one context and one room: at
first those of its windows, each as much as it is loud, then those that suit its loudest windows best.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from engine.instruments.events.score import Event, Score

from .balance import balanced, settled
from .model import EventModel, Found, spectrum
from .sizes import HOP

PARTS = ("keys", "frames", "strengths")
LOOKS, REPLACED = 2, 4  # times that a window is looked at, every how many-th event is looked for again
LOUDEST = 4  # windows that the context and the room are settled by
SILENT = 1e-4  # peak of a window in which nothing is looked for


def decompose(model: EventModel, samples: Tensor, report: Callable[[float], None] = lambda share: None) -> Score:
    """The score of samples (N,) at the model's rate; report: is told what share is done. ValueError for silence."""
    sizes, gain = model.sizes, float(samples.abs().max())
    if gain == 0:
        raise ValueError("the recording is silent: there is nothing to take apart")
    windows = _windows(samples / gain, sizes.samples)
    count = len(windows)
    with torch.no_grad():
        context, gains = _surroundings(model, windows, lambda share: report(0.3 * share))
        explained = torch.zeros((count + 3) * sizes.samples // 2)
        events: list[Event] = []
        for number, window in enumerate(windows):
            first = number * sizes.samples // 2
            last = number == count - 1
            if window.abs().max() > SILENT:
                found = _found(model, window, explained[first:], (context, gains), last)
                events += [Event((first + HOP * frame) / sizes.rate, key, strength) for frame, key, strength in found]
            report(0.3 + 0.7 * (number + 1) / count)
    events.sort(key=lambda event: (event.time, event.key))
    return Score(events, len(samples) / sizes.rate, context[0].numpy(), gains[0].numpy().clip(0), gain)


def _windows(samples: Tensor, size: int) -> Tensor:
    """(W, size): windows every half of their size, silence behind the end."""
    count = max(-(-(len(samples) - size) // (size // 2)), 0) + 1
    whole = torch.nn.functional.pad(samples, (0, (count + 1) * size // 2 - len(samples)))
    return whole.unfold(0, size, size // 2)


def _surroundings(model: EventModel, windows: Tensor, report: Callable[[float], None]) -> tuple[Tensor, Tensor]:
    """The context (1, M) and the room (1, 1 + rooms)."""
    contexts, rooms = [], []
    weights = windows.square().sum(1, True)
    for number, window in enumerate(windows):
        found = model.find(model.encoder(spectrum(window[None])))
        context, gains = model.surroundings(found)
        contexts.append(context)
        rooms.append(gains)
        report((number + 1) / len(windows))
    share = weights / weights.sum()
    around = (share * torch.cat(contexts)).sum(0, True), (share * torch.cat(rooms)).sum(0, True)
    loudest = windows[weights[:, 0].argsort(descending=True)[:LOUDEST]]
    heard = [(window, _passed(model, window, torch.zeros_like(window), around)) for window in loudest]
    there = [(window, found) for window, found in heard if found.keys.numel()]
    return settled(model, there, around) if there else around


def _found(
    model: EventModel, window: Tensor, explained: Tensor, around: tuple[Tensor, Tensor], last: bool
) -> list[tuple[int, int, float]]:
    """Frame, key and strength of the events of a window; their sounds are added to what is explained."""
    sizes = model.sizes
    all_of_it = _heard(model, window, explained[: sizes.samples], around)
    here = all_of_it.frames < (sizes.frames if last else sizes.frames // 2)
    some = Found(*(getattr(all_of_it, name)[here][None] for name in PARTS))
    if not some.keys.numel():
        return []
    explained += _sounding(model, some, around, len(explained))
    return list(zip(some.frames[0].tolist(), some.keys[0].tolist(), some.strengths[0].tolist(), strict=True))


def _heard(model: EventModel, window: Tensor, known: Tensor, around: tuple[Tensor, Tensor]) -> Found:
    """All events (1, n) of a window in which something is known already, as strong as they are best together."""
    found = _passed(model, window, known, around)
    for look in range(LOOKS):
        if not found.keys.numel():
            break
        found = balanced(model, found, window, known, around)
        if look < LOOKS - 1:
            found = _replaced(model, found, window, known, around)
    return found


def _replaced(model: EventModel, found: Found, window: Tensor, known: Tensor, around: tuple[Tensor, Tensor]) -> Found:
    """Events (1, n) of a window; in place of those that say least, what is found in what the others leave."""
    count = found.keys.shape[1]
    context, gains = around
    energy = model.decoder(found.keys[0], found.strengths[0], context.expand(count, -1)).square().sum(1)
    chosen = energy.argsort(descending=True)[: count - count // REPLACED]
    kept = Found(*(getattr(found, name)[:, chosen] for name in PARTS))
    whole = known[None] + model.sound(kept, context, gains)
    more = model.find(model.encoder((spectrum(window[None]) - spectrum(whole)).relu()))
    there = int((more.strengths > 0).sum())
    most = min(there, model.sizes.events - len(chosen))
    return Found(*(torch.cat([getattr(kept, name), getattr(more, name)[:, :most]], 1) for name in PARTS))


def _passed(model: EventModel, window: Tensor, known: Tensor, around: tuple[Tensor, Tensor]) -> Found:
    """All events (1, n) of a window that the encoder finds, one pass after the other."""
    heights, whole = spectrum(window[None]), known[None]
    finds: list[Found] = []
    for _ in range(model.sizes.passes):
        left = (heights - spectrum(whole)).relu() if whole.any() else heights
        finds.append(model.find(model.encoder(left)))
        whole = whole + model.sound(finds[-1], *around)
    there = torch.cat([one.strengths for one in finds], 1) > 0
    return Found(*(torch.cat([getattr(one, n) for one in finds], 1)[there][None] for n in PARTS))


def _sounding(model: EventModel, found: Found, around: tuple[Tensor, Tensor], size: int) -> Tensor:
    """How events sound on, in their room: (size,)."""
    context, gains = around
    sounds = model.decoder(found.keys[0], found.strengths[0], context.expand(found.keys.shape[1], -1))
    dry = torch.zeros(3 * model.sizes.samples)
    for sound, frame in zip(sounds, found.frames[0].tolist(), strict=True):
        dry[frame * HOP : frame * HOP + len(sound)] += sound
    wet = model.rooms.reverberate(dry[None], gains)[0]
    return torch.nn.functional.pad(wet, (0, max(size - len(wet), 0)))[:size]


def reconstruction(model: EventModel, samples: Tensor) -> np.ndarray:
    """What a model itself makes of one segment (N,), at the level of the recording."""
    gain = samples.abs().max()
    window = samples / gain
    with torch.no_grad():
        around = _surroundings(model, window[None], lambda share: None)
        sound = model.sound(_heard(model, window, torch.zeros_like(window), around), *around)
    return np.asarray((gain * sound[0]).numpy())
