"""What is heard of an instrument of events: a recording taken apart and put together again, and other scores."""

from collections.abc import Iterator

import numpy as np
import soxr

from engine.instruments.events.decoder import EventDecoder
from engine.instruments.events.event_score import Event, EventScore, render
from engine.preset.preset_file import Preset

from .audio_clip import RATE, Clip, ReportOptions, recording_clip

DENSITY = 4.0  # events a second, where none are known
TAIL = 3.0  # seconds of the last event and the room


def make_score(preset: Preset, recording: np.ndarray | None, wanted: ReportOptions) -> EventScore:
    """The score of a recording (2, T), or one of keys as they were used, in the usual room and context."""
    if recording is not None:
        return _taken_apart(preset, recording)
    random, t = np.random.default_rng(wanted.seed), preset.tensors
    use = np.maximum(t["use"].astype(np.float64), 0) + 1e-12
    count = max(round(DENSITY * wanted.seconds), 1)
    which = random.choice(len(use), count, p=use / use.sum())
    times = np.sort(random.uniform(0, wanted.seconds, count))
    some = [Event(float(time), int(key), float(t["strength"][key])) for time, key in zip(times, which, strict=True)]
    return EventScore(some, wanted.seconds, t["context"], t["gains"])


def make_clips(preset: Preset, score: EventScore, recording: np.ndarray | None, seed: int) -> Iterator[Clip]:
    """A score put together again, then something else of it."""
    decoder = EventDecoder(preset)

    def sounding(some: EventScore) -> np.ndarray:
        heard = soxr.resample(render(decoder, some), decoder.rate, RATE, "VHQ")
        return np.repeat(heard[None, : round((some.seconds + TAIL) * RATE)], 2, axis=0)

    if recording is None:
        yield Clip("At random", "Its events, as often as they were learned, at random moments.", sounding(score))
    else:
        yield recording_clip(recording)
        words = f"Taken apart into {len(score.events)} events, and put together again."
        yield Clip("Played again", words, sounding(score)[:, : recording.shape[1]])
        words = "As many events, of any kinds at any moments."
        yield Clip("At random", words, sounding(score.drawn(decoder.keys, seed)))
    words = "The same events in time, their kinds exchanged."
    yield Clip("Permuted", words, sounding(score.permuted(decoder.keys, seed)))


def _taken_apart(preset: Preset, recording: np.ndarray) -> EventScore:
    import torch

    from export.events import load_model
    from train.events.decompose import decompose

    mono = soxr.resample(recording.mean(axis=0), RATE, float(preset.header["rate"]), "VHQ")
    return decompose(load_model(preset), torch.from_numpy(mono.astype(np.float32)))
