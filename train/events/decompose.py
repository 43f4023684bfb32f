"""Taking a recording of any length apart into events.

Windows overlap by half; each gives the events of its first half, and hears only what those before have left. All
events of a recording share one context and one room: those of its windows, each as much as it is loud.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from engine.instruments.events.score import Event, Score

from .model import EventModel, Found, spectrum
from .sizes import HOP

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
    contexts, rooms, weights = [], [], []
    for number, window in enumerate(windows):
        found = model.find(model.encoder(spectrum(window[None])))
        context, gains = model.surroundings(found)
        contexts.append(context)
        rooms.append(gains)
        weights.append(window.square().sum())
        report((number + 1) / len(windows))
    weight = torch.stack(weights)[:, None] / torch.stack(weights).sum()
    return (weight * torch.cat(contexts)).sum(0, True), (weight * torch.cat(rooms)).sum(0, True)


def _found(
    model: EventModel, window: Tensor, explained: Tensor, around: tuple[Tensor, Tensor], last: bool
) -> list[tuple[int, int, float]]:
    """Frame, key and strength of the events of a window; their sounds are added to what is explained."""
    sizes = model.sizes
    found: list[tuple[int, int, float]] = []
    heights = spectrum(window[None])
    for _ in range(sizes.passes):
        known = explained[: sizes.samples][None]
        left = (heights - spectrum(known)).relu() if known.any() else heights
        one = model.find(model.encoder(left))
        counted = (one.strengths > 0) if last else (one.strengths > 0) & (one.frames < sizes.frames // 2)
        some = Found(*(getattr(one, name)[counted][None] for name in ("keys", "frames", "strengths")))
        if not some.keys.numel():
            continue
        explained += _sounding(model, some, around, len(explained))
        found += zip(some.frames[0].tolist(), some.keys[0].tolist(), some.strengths[0].tolist(), strict=True)
    return found


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
    """What a model itself makes of one segment (N,), brought to the level of the recording."""
    gain = samples.abs().max()
    with torch.no_grad():
        heard = model((samples / gain)[None])
    return np.asarray((gain * torch.stack(heard.passes).sum(0)[0]).numpy())
