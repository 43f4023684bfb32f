"""Decomposition of a recording of any length into events.

Windows overlap by half; each gives the events of its first half, from the residual spectrum of those before. The
events of a window and their strengths are fitted together. All events of a recording share one context and one room:
first the mean of those of its windows, weighted by energy, then those fitted to its loudest windows, and once more
when better events are found there.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from engine.instruments.events.event_score import MAX_SECONDS, Event, EventScore

from .decomposition_window import DecompositionWindow, concatenate, select
from .event_search import DEFAULT_ROUNDS, refine_events
from .fit_strengths import fit_context_and_room
from .model import EventModel, Events, magnitude_spectrum

CONTEXT_ROOM_ROUNDS = 2  # in which events, context and room are fitted in turn
FITTED_WINDOWS = 4  # loudest windows, to which the context and the room are fitted
SILENCE_PEAK = 1e-4  # of a window; a softer one has no events
CONTEXT_ROOM_SHARE = 0.4  # part of the work until the context and the room are fitted
ContextAndRoom = tuple[Tensor, Tensor]


def decompose(
    model: EventModel,
    samples: Tensor,
    report: Callable[[float], None] = lambda share: None,
    peak: float = 0.0,
    rounds: int = DEFAULT_ROUNDS,
) -> EventScore:
    """The score of samples (N,) at the model's rate.

    report: receives the share that is done. peak: that of the recording that samples are a part of, theirs if 0: the
    level at which losses are measured. rounds: of search for better events. ValueError for silence, and for more than
    a score can last.
    """
    sizes, gain = model.sizes, float(samples.abs().max())
    if gain == 0:
        raise ValueError("the recording is silent: there is nothing to take apart")
    if len(samples) > MAX_SECONDS * sizes.rate:
        raise ValueError(
            f"{len(samples) / sizes.rate:.0f} s are more than a score can last: at most {MAX_SECONDS:.0f} s"
        )
    windows = _windows(samples / gain, sizes.samples)
    count, level = len(windows), gain / (peak or gain)
    with torch.no_grad():
        context_and_room, initial = _estimate_context_and_room(
            model, windows, level, rounds, lambda share: report(CONTEXT_ROOM_SHARE * share)
        )
        explained = torch.zeros((count + 3) * sizes.samples // 2)
        events: list[Event] = []
        for number, window in enumerate(windows):
            first = number * sizes.samples // 2
            if window.abs().max() > SILENCE_PEAK:
                analysis_window = DecompositionWindow(
                    model, window, explained[first:][: sizes.samples], *context_and_room, level
                )
                found = _find_events(analysis_window, initial.get(number), rounds)
                added = _select_first_half(analysis_window, found, explained[first:], number == count - 1)
                events += [
                    Event((first + sizes.hop * frame) / sizes.rate, key, strength) for frame, key, strength in added
                ]
            report(CONTEXT_ROOM_SHARE + (1 - CONTEXT_ROOM_SHARE) * (number + 1) / count)
    events.sort(key=lambda event: (event.time, event.key))
    return EventScore(
        events,
        len(samples) / sizes.rate,
        context_and_room[0][0].numpy(),
        context_and_room[1][0].numpy().clip(0),
        gain,
    )


def _windows(samples: Tensor, size: int) -> Tensor:
    """(W, size): windows at every half of their size, zeros after the end."""
    count = max(-(-(len(samples) - size) // (size // 2)), 0) + 1
    whole = torch.nn.functional.pad(samples, (0, (count + 1) * size // 2 - len(samples)))
    return whole.unfold(0, size, size // 2)


def _estimate_context_and_room(
    model: EventModel, windows: Tensor, level: float, rounds: int, report: Callable[[float], None]
) -> tuple[ContextAndRoom, dict[int, Events]]:
    """The context (1, M) and the room (1, 1 + rooms), and the events (1, n) of the windows they were fitted to."""
    contexts, rooms = [], []
    weights = windows.square().sum(1, True)
    for number, window in enumerate(windows):
        spectra = magnitude_spectrum(window[None], model.sizes)
        context, gains = model.context_and_room(model.find_events(model.encoder(spectra)))
        contexts.append(context)
        rooms.append(gains)
        report(0.5 * (number + 1) / len(windows))
    share = weights / weights.sum()
    context_and_room = (share * torch.cat(contexts)).sum(0, True), (share * torch.cat(rooms)).sum(0, True)
    loudest = weights[:, 0].argsort(descending=True)[:FITTED_WINDOWS].tolist()
    silence = torch.zeros_like(windows[0])
    fitted = {
        number: _encode(DecompositionWindow(model, windows[number], silence, *context_and_room, level))
        for number in loudest
    }
    fitted = {number: found for number, found in fitted.items() if found.keys.numel()}
    for attempt in range(CONTEXT_ROOM_ROUNDS if fitted else 0):
        if attempt:
            fitted = {
                number: refine_events(
                    DecompositionWindow(model, windows[number], silence, *context_and_room, level), found, rounds
                )
                for number, found in fitted.items()
            }
        context_and_room, events = fit_context_and_room(
            model, [(windows[number], found) for number, found in fitted.items()], context_and_room, level
        )
        fitted = dict(zip(fitted, events, strict=True))
        report(0.5 + 0.5 * (attempt + 1) / CONTEXT_ROOM_ROUNDS)
    return context_and_room, fitted


def _select_first_half(
    window: DecompositionWindow, found: Events, explained: Tensor, last: bool
) -> list[tuple[int, int, float]]:
    """Frame, key and strength of the events in a window's first half; their sounds are added to `explained`."""
    sizes = window.model.sizes
    selected = select(found, found.frames[0] < (sizes.frames if last else sizes.frames // 2))
    if not selected.keys.numel():
        return []
    explained += _render(window, selected, len(explained))
    return list(
        zip(selected.frames[0].tolist(), selected.keys[0].tolist(), selected.strengths[0].tolist(), strict=True)
    )


def _find_events(window: DecompositionWindow, initial: Events | None, rounds: int) -> Events:
    """All events (1, n) of a window; initial: known ones of a window without sound of earlier windows."""
    found = initial if initial is not None and not window.known.any() else _encode(window)
    return refine_events(window, found, rounds) if found.keys.numel() else found


def _encode(window: DecompositionWindow) -> Events:
    """The events (1, n) of a window that the encoder finds, pass by pass."""
    model, mixture = window.model, window.known[None]
    spectrum = magnitude_spectrum(window.target[None], model.sizes)
    passes: list[Events] = []
    for _ in range(model.sizes.passes):
        residual = (spectrum - magnitude_spectrum(mixture, model.sizes)).relu() if mixture.any() else spectrum
        passes.append(model.find_events(model.encoder(residual)))
        mixture = mixture + model.render(passes[-1], window.context, window.room)
    found = passes[0]
    for pass_events in passes[1:]:
        found = concatenate(found, pass_events)
    return select(found, found.strengths[0] > 0)


def _render(window: DecompositionWindow, found: Events, size: int) -> Tensor:
    """The sound of events in their room, with its decay: (size,)."""
    model = window.model
    sounds = model.decoder(found.keys[0], found.strengths[0], window.context.expand(found.keys.shape[1], -1))
    hop = model.sizes.hop
    dry = torch.zeros(3 * model.sizes.samples)
    for sound, frame in zip(sounds, found.frames[0].tolist(), strict=True):
        dry[frame * hop : frame * hop + len(sound)] += sound
    wet = model.rooms.reverberate(dry[None], window.room)[0]
    return torch.nn.functional.pad(wet, (0, max(size - len(wet), 0)))[:size]


def reconstruct(model: EventModel, samples: Tensor, rounds: int = DEFAULT_ROUNDS) -> np.ndarray:
    """The sound of the events of one segment (N,), at the level of the recording."""
    gain = samples.abs().max()
    target = samples / gain
    with torch.no_grad():
        context_and_room, initial = _estimate_context_and_room(model, target[None], 1.0, rounds, lambda share: None)
        window = DecompositionWindow(model, target, torch.zeros_like(target), *context_and_room)
        sound = model.render(_find_events(window, initial.get(0), rounds), *context_and_room)
    return np.asarray((gain * sound[0]).numpy())
