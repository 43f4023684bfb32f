"""Clips of an event instrument: a recording decomposed and resynthesized, and other scores."""

from collections.abc import Iterator

import numpy as np
import soxr

from engine.instruments.events.decoder import EventDecoder
from engine.instruments.events.event_score import Event, EventScore, render
from engine.preset.preset_file import Preset
from export.likeness.distance import RATE

from .audio_clip import Clip, ReportOptions, recording_clip

EVENTS_PER_SECOND = 4.0  # of a random score
TAIL_SECONDS = 3.0  # for the last event and the room


def make_score(preset: Preset, recording: np.ndarray | None, options: ReportOptions) -> EventScore:
    """Score of a recording (2, T), or a random one of keys as often as they were used, in the usual context."""
    if recording is not None:
        return _decompose(preset, recording)
    random, t = np.random.default_rng(options.seed), preset.tensors
    use = np.maximum(t["use"].astype(np.float64), 0) + 1e-12
    count = max(round(EVENTS_PER_SECOND * options.seconds), 1)
    keys = random.choice(len(use), count, p=use / use.sum())
    times = np.sort(random.uniform(0, options.seconds, count))
    events = [Event(float(time), int(key), float(t["strength"][key])) for time, key in zip(times, keys, strict=True)]
    return EventScore(events, options.seconds, t["context"], t["gains"])


def make_clips(preset: Preset, score: EventScore, recording: np.ndarray | None, seed: int) -> Iterator[Clip]:
    """Render a score, a random one and a permuted one."""
    decoder = EventDecoder(preset)

    def render_score(score: EventScore) -> np.ndarray:
        sound = soxr.resample(render(decoder, score), decoder.rate, RATE, "VHQ")
        return np.repeat(sound[None, : round((score.seconds + TAIL_SECONDS) * RATE)], 2, axis=0)

    if recording is None:
        yield Clip("At random", "Its events, as often as they were learned, at random moments.", render_score(score))
    else:
        yield recording_clip(recording)
        description = f"Decomposed into {len(score.events)} events, and resynthesized."
        yield Clip("Played again", description, render_score(score)[:, : recording.shape[1]], is_compared=True)
        description = "As many events, of any kinds at any moments."
        yield Clip("At random", description, render_score(score.randomized(decoder.keys, seed)))
    description = "The same events in time, their kinds exchanged."
    yield Clip("Permuted", description, render_score(score.permuted(decoder.keys, seed)))


def _decompose(preset: Preset, recording: np.ndarray) -> EventScore:
    """Decompose a recording (2, T)."""
    import torch

    from export.events import load_model
    from train.events.decompose import decompose

    mono = soxr.resample(recording.mean(axis=0), RATE, float(preset.header["rate"]), "VHQ")
    return decompose(load_model(preset), torch.from_numpy(mono.astype(np.float32)))
