"""Reconstruction of held-out recordings by an event model.

Two sets of segments are measured. The old one is of stretches by which no training step was chosen as the best, but
by which the methods of decomposition were once chosen. The fresh one is of all other held-out stretches, and of
recordings that were not learned from: a few segments of each of UNKNOWN_RECORDINGS, at random positions. The model's
reconstruction of a segment is compared with
"""

import glob
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks.support.measurement import Measurement
from engine.instruments.events import event_score
from engine.instruments.events.decoder import EventDecoder
from train import recording
from train.events.config import Sizes
from train.events.dataset import MIN_SEGMENT_PEAK, Dataset, cut_segments
from train.events.decompose import decompose
from train.events.loss import WINDOWS, magnitude_loss, magnitudes, reconstruction_loss
from train.events.model import EventModel

from .matching_pursuit import fit_strengths, pursue, render_atoms

DEVELOPMENT_SEGMENTS, EARLIER_SEGMENTS = 16, 8  # stretches by which methods were chosen, at two times
MEAN_SEGMENTS = 64  # segments for the mean spectrum of the training data
UNKNOWN_RECORDINGS = (
    "guitar/*_harmonics.mp3",
    "mandolin/*_tremolo.mp3",
    "pieces/orchestra.wav",
    "pieces/cello-phrase.wav",
)
SEGMENTS_PER_PATTERN, SEED = 2, 2026  # segments of each of them, and the seed of their positions
MIN_BELOW_PERCENT = 20.0  # percent by which the model must be below the pursuit


@dataclass(frozen=True)
class Segment:
    """sound: (N,), normalized to the peak of its recording. kind: of the recording."""

    sound: Tensor
    kind: str


@dataclass(frozen=True)
class Distances:
    """Losses of the reconstructions of a segment."""

    model: float
    encoder: float
    pursuit: float
    fitted_pursuit: float
    own_mean: float
    common_mean: float


def measure(decoder: EventDecoder, model: EventModel, dataset: Dataset) -> Iterator[Measurement]:
    """Measure both sets; the goal applies to the fresh one."""
    common_spectra = mean_spectra(model, dataset)
    for set_name, segments in (
        ("fresh", unseen_segments(dataset, model.sizes)),
        ("old", development_segments(dataset, model.sizes.samples)),
    ):
        results = [
            (segment.kind, measure_segment(decoder, model, segment.sound, common_spectra)) for segment in segments
        ]
        yield from summarize(set_name, results)


def summarize(set_name: str, results: list[tuple[str, Distances]]) -> Iterator[Measurement]:
    """Summarize a set of segments, each with the kind of its recording."""
    means = {
        name: float(np.mean([getattr(result, name) for _, result in results])) for name in Distances.__annotations__
    }
    spread = float(np.std([result.model for _, result in results]))
    name = f"loss of {len(results)} {set_name} segments, taken apart and put together"
    yield Measurement(name, means["model"], "", means["own_mean"], True)
    yield Measurement("the same, its standard deviation", spread, "")
    yield Measurement("the same, by the encoder alone", means["encoder"], "")
    yield Measurement("the same, matching pursuit with as many events", means["pursuit"], "")
    yield Measurement("the same, that pursuit with strengths that the loss asks for", means["fitted_pursuit"], "")
    yield Measurement("the same, the mean spectrum of the segment itself", means["own_mean"], "")
    yield Measurement("the same, the mean spectrum of what was learned from", means["common_mean"], "")
    yield _below(
        f"{set_name} segments, below the pursuit",
        results,
        "pursuit",
        MIN_BELOW_PERCENT if set_name == "fresh" else None,
    )
    yield _below("the same, below the pursuit with strengths that the loss asks for", results, "fitted_pursuit")
    for kind in sorted({kind for kind, _ in results}):
        part = [(other, result) for other, result in results if other == kind]
        yield _below(f"the same, {len(part)} of {kind}, below the pursuit", part, "pursuit")


def measure_segment(
    decoder: EventDecoder, model: EventModel, target: Tensor, common_spectra: list[Tensor]
) -> Distances:
    """Measure the reconstructions of a segment (N,)."""
    with torch.no_grad():
        encoded = torch.stack(model(target[None]).passes).sum(0)[0]
        score = decompose(model, target, peak=1.0)
        reconstruction = torch.from_numpy(event_score.render(decoder, score)[: len(target)])
        context_and_gains = (torch.from_numpy(part)[None] for part in (score.context, score.gains))
        parts = pursue(render_atoms(model, *context_and_gains), target, model.sizes.events, model.sizes.hop)
        refitted = fit_strengths(model, parts, target)
    target_spectra = [magnitudes(target[None], window) for window in WINDOWS]
    losses = [
        float(reconstruction_loss(sound[None], target[None]))
        for sound in (reconstruction, encoded, parts.sum(0), refitted)
    ]
    return Distances(
        *losses,
        _constant_spectrum_loss([result.mean((0, 1)) for result in target_spectra], target_spectra),
        _constant_spectrum_loss(common_spectra, target_spectra),
    )


def mean_spectra(model: EventModel, dataset: Dataset) -> list[Tensor]:
    """Mean magnitudes (bins,) of the training data, for each window."""
    drawn = dataset.draw(MEAN_SEGMENTS, model.sizes.samples, torch.Generator().manual_seed(0))
    return [magnitudes(drawn, window).mean((0, 1)) for window in WINDOWS]


def development_segments(dataset: Dataset, samples: int) -> list[Segment]:
    """Held-out stretches by which no step was chosen as the best, but by which methods were."""
    held_out = _held_out_segments(dataset, samples)
    return [held_out[i] for i in torch.linspace(0, len(held_out) - 1, DEVELOPMENT_SEGMENTS).long().tolist()]


def unseen_segments(dataset: Dataset, sizes: Sizes) -> list[Segment]:
    """Stretches by which nothing was chosen, and some of recordings that were not learned from."""
    held_out = _held_out_segments(dataset, sizes.samples)
    used = {
        i
        for count in (DEVELOPMENT_SEGMENTS, EARLIER_SEGMENTS)
        for i in torch.linspace(0, len(held_out) - 1, count).long().tolist()
    }
    unused = [segment for i, segment in enumerate(held_out) if i not in used]
    random = np.random.default_rng(SEED)
    unknown = [
        result
        for pattern in UNKNOWN_RECORDINGS
        for result in _random_segments(pattern, sizes.samples, sizes.rate, random)
    ]
    return [*unused, *unknown]


def _below(name: str, results: list[tuple[str, Distances]], against: str, goal: float | None = None) -> Measurement:
    """By how much the model's losses are below those of an alternative."""
    result, other = sum(each.model for _, each in results), sum(getattr(each, against) for _, each in results)
    return Measurement(name, 100 * (1 - result / other), "%", goal)


def _held_out_segments(dataset: Dataset, samples: int) -> list[Segment]:
    """All held-out stretches except those by which the best step was chosen."""
    chosen = dataset.validation_segments(samples)
    segments = [
        Segment(segment, Path(path).parent.name)
        for path, sound in zip(dataset.validation_sources, dataset.validation, strict=True)
        for segment in cut_segments(sound, samples)
    ]
    return [result for result in segments if not (chosen == result.sound).all(1).any()]


def _random_segments(pattern: str, samples: int, rate: int, random: np.random.Generator) -> list[Segment]:
    """Random segments of recordings that match a pattern, except nearly silent ones."""
    files = sorted(glob.glob(f"{os.environ['LUTHIER_DATA']}/{pattern}"))
    results: list[Segment] = []
    while len(results) < SEGMENTS_PER_PATTERN:
        mono = torch.from_numpy(recording.load(str(random.choice(files)), rate)[0].mean(axis=0))
        mono = mono / mono.abs().max()
        first = int(random.integers(max(len(mono) - samples, 0) + 1))
        segment = torch.nn.functional.pad(mono[first : first + samples], (0, max(samples - len(mono), 0)))
        if segment.abs().max() > MIN_SEGMENT_PEAK:
            results.append(Segment(segment, f"{pattern.partition('/')[0]} never heard"))
    return results


def _constant_spectrum_loss(spectra: list[Tensor], target_spectra: list[Tensor]) -> float:
    """Loss of constant spectra, each scaled to the mean of the target."""
    pairs = zip(spectra, target_spectra, strict=True)
    return float(
        sum(magnitude_loss(result.expand_as(other) * other.mean() / result.mean(), other) for result, other in pairs)
    )
