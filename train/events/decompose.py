"""Taking a recording of any length apart into events.

Windows overlap by half; each gives the events of its first half, and hears only what those before have left. Which
they are and how strong is settled by all of a window together. All events of a recording share one context and one
room: at first those of its windows, each as much as it is loud, then those that suit its loudest windows best, and
once more when better events are found there.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from engine.instruments.events.event_score import LONGEST, Event, Score

from .analysis_window import Window, chosen, joined
from .config import HOP
from .model import EventModel, Found, spectrum
from .refine import ROUNDS, searched
from .solve_gains import settled

LOOKS = 2  # times that events and surroundings are settled by turns
LOUDEST = 4  # windows that the context and the room are settled by
SILENT = 1e-4  # peak of a window in which nothing is looked for
HEARING = 0.4  # part of the work until the context and the room are settled
Around = tuple[Tensor, Tensor]


def decompose(
    model: EventModel,
    samples: Tensor,
    report: Callable[[float], None] = lambda share: None,
    peak: float = 0.0,
    rounds: int = ROUNDS,
) -> Score:
    """The score of samples (N,) at the model's rate.

    report: is told what share is done. peak: that of the recording of which samples are a part, theirs if 0: how near
    events come is measured at that level. rounds: in which better events are looked for. ValueError for silence, and
    for more than a score can last.
    """
    sizes, gain = model.sizes, float(samples.abs().max())
    if gain == 0:
        raise ValueError("the recording is silent: there is nothing to take apart")
    if len(samples) > LONGEST * sizes.rate:
        raise ValueError(f"{len(samples) / sizes.rate:.0f} s are more than a score can last: at most {LONGEST:.0f} s")
    windows = _windows(samples / gain, sizes.samples)
    count, level = len(windows), gain / (peak or gain)
    with torch.no_grad():
        around, begun = _surroundings(model, windows, level, rounds, lambda share: report(HEARING * share))
        explained = torch.zeros((count + 3) * sizes.samples // 2)
        events: list[Event] = []
        for number, window in enumerate(windows):
            first = number * sizes.samples // 2
            if window.abs().max() > SILENT:
                there = Window(model, window, explained[first:][: sizes.samples], *around, level)
                found = _heard(there, begun.get(number), rounds)
                added = _added(there, found, explained[first:], number == count - 1)
                events += [Event((first + HOP * frame) / sizes.rate, key, strength) for frame, key, strength in added]
            report(HEARING + (1 - HEARING) * (number + 1) / count)
    events.sort(key=lambda event: (event.time, event.key))
    return Score(events, len(samples) / sizes.rate, around[0][0].numpy(), around[1][0].numpy().clip(0), gain)


def _windows(samples: Tensor, size: int) -> Tensor:
    """(W, size): windows every half of their size, silence behind the end."""
    count = max(-(-(len(samples) - size) // (size // 2)), 0) + 1
    whole = torch.nn.functional.pad(samples, (0, (count + 1) * size // 2 - len(samples)))
    return whole.unfold(0, size, size // 2)


def _surroundings(
    model: EventModel, windows: Tensor, level: float, rounds: int, report: Callable[[float], None]
) -> tuple[Around, dict[int, Found]]:
    """The context (1, M) and the room (1, 1 + rooms); and the events (1, n) of the windows that settled them."""
    contexts, rooms = [], []
    weights = windows.square().sum(1, True)
    for number, window in enumerate(windows):
        context, gains = model.surroundings(model.find(model.encoder(spectrum(window[None]))))
        contexts.append(context)
        rooms.append(gains)
        report(0.5 * (number + 1) / len(windows))
    share = weights / weights.sum()
    around = (share * torch.cat(contexts)).sum(0, True), (share * torch.cat(rooms)).sum(0, True)
    loudest = weights[:, 0].argsort(descending=True)[:LOUDEST].tolist()
    silence = torch.zeros_like(windows[0])
    heard = {number: _passed(Window(model, windows[number], silence, *around, level)) for number in loudest}
    heard = {number: found for number, found in heard.items() if found.keys.numel()}
    for look in range(LOOKS if heard else 0):
        if look:
            heard = {
                number: searched(Window(model, windows[number], silence, *around, level), found, rounds)
                for number, found in heard.items()
            }
        around, events = settled(model, [(windows[number], found) for number, found in heard.items()], around, level)
        heard = dict(zip(heard, events, strict=True))
        report(0.5 + 0.5 * (look + 1) / LOOKS)
    return around, heard


def _added(window: Window, found: Found, explained: Tensor, last: bool) -> list[tuple[int, int, float]]:
    """Frame, key and strength of what begins in a window's first half; its sounds are added to what is explained."""
    sizes = window.model.sizes
    some = chosen(found, found.frames[0] < (sizes.frames if last else sizes.frames // 2))
    if not some.keys.numel():
        return []
    explained += _sounding(window, some, len(explained))
    return list(zip(some.frames[0].tolist(), some.keys[0].tolist(), some.strengths[0].tolist(), strict=True))


def _heard(window: Window, begun: Found | None, rounds: int) -> Found:
    """All events (1, n) of a window; where nothing is known of it yet, those that it began with are a start."""
    found = begun if begun is not None and not window.known.any() else _passed(window)
    return searched(window, found, rounds) if found.keys.numel() else found


def _passed(window: Window) -> Found:
    """All events (1, n) of a window that the encoder finds, one pass after the other."""
    model, whole = window.model, window.known[None]
    heights = spectrum(window.target[None])
    finds: list[Found] = []
    for _ in range(model.sizes.passes):
        left = (heights - spectrum(whole)).relu() if whole.any() else heights
        finds.append(model.find(model.encoder(left)))
        whole = whole + model.sound(finds[-1], window.context, window.room)
    found = finds[0]
    for more in finds[1:]:
        found = joined(found, more)
    return chosen(found, found.strengths[0] > 0)


def _sounding(window: Window, found: Found, size: int) -> Tensor:
    """How events sound on, in their room: (size,)."""
    model = window.model
    sounds = model.decoder(found.keys[0], found.strengths[0], window.context.expand(found.keys.shape[1], -1))
    dry = torch.zeros(3 * model.sizes.samples)
    for sound, frame in zip(sounds, found.frames[0].tolist(), strict=True):
        dry[frame * HOP : frame * HOP + len(sound)] += sound
    wet = model.rooms.reverberate(dry[None], window.room)[0]
    return torch.nn.functional.pad(wet, (0, max(size - len(wet), 0)))[:size]


def reconstruction(model: EventModel, samples: Tensor, rounds: int = ROUNDS) -> np.ndarray:
    """What a model itself makes of one segment (N,), at the level of the recording."""
    gain = samples.abs().max()
    target = samples / gain
    with torch.no_grad():
        around, begun = _surroundings(model, target[None], 1.0, rounds, lambda share: None)
        window = Window(model, target, torch.zeros_like(target), *around)
        sound = model.sound(_heard(window, begun.get(0), rounds), *around)
    return np.asarray((gain * sound[0]).numpy())
