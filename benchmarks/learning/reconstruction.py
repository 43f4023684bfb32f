"""How near an event model comes to recordings that it never learned from.

Two sets of segments are measured. The old one is of those stretches by which no step of learning was chosen as the
best, but by which the ways of taking recordings apart were once chosen. The fresh one is of all other stretches that
were kept back, and of recordings that no one learned from: so many segments of each of STRANGERS, a recording and a
moment of it drawn at random. What the model makes of a segment is held against

- a matching pursuit with as many events over the same atoms, in the context and the room that the model found;
- the same once more with strengths that the loss asks for, as the model's own have them, which is harder to beat;
- mean spectra, of the segment itself and of all that was learned from, held all the time and as loud as the segment.
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
from engine.instruments.events.decoder import EventDecoder
from engine.instruments.events.event_score import render as put_together
from train import recording
from train.events.config import Sizes
from train.events.dataset import MIN_SEGMENT_PEAK, Dataset, cut_segments
from train.events.decompose import decompose
from train.events.loss import WINDOWS, magnitude_loss, magnitudes, reconstruction_loss
from train.events.model import EventModel

from .matching_pursuit import fit_strengths, pursue, render_atoms

OLD, OLDER = 16, 8  # stretches that methods were chosen by, at two times
DRAWN = 64  # segments that the mean spectrum of what was learned from is of
STRANGERS = ("guitar/*_harmonics.mp3", "mandolin/*_tremolo.mp3", "pieces/orchestra.wav", "pieces/cello-phrase.wav")
EACH, SEED = 2, 2026  # segments of each of them, and what they are drawn by
BELOW = 20.0  # percent that a model has to be below a pursuit


@dataclass(frozen=True)
class Segment:
    """sound: (N,), the peak of its recording 1. of: what kind of recording."""

    sound: Tensor
    of: str


@dataclass(frozen=True)
class Distances:
    """How far what is made of a segment is from it."""

    model: float
    encoder: float
    pursuit: float
    weighed: float
    own: float
    common: float


def measure(player: EventDecoder, model: EventModel, dataset: Dataset) -> Iterator[Measurement]:
    """The figures of both sets; the goal is that of the fresh one."""
    usual = mean_spectra(model, dataset)
    for what, some in (
        ("fresh", test_segments(dataset, model.sizes)),
        ("old", development_segments(dataset, model.sizes.samples)),
    ):
        found = [(segment.of, measure_segment(player, model, segment.sound, usual)) for segment in some]
        yield from summarize(what, found)


def summarize(what: str, found: list[tuple[str, Distances]]) -> Iterator[Measurement]:
    """The rows of a set of segments, each of some kind of recording."""
    means = {name: float(np.mean([getattr(one, name) for _, one in found])) for name in Distances.__annotations__}
    spread = float(np.std([one.model for _, one in found]))
    name = f"loss of {len(found)} {what} segments, taken apart and put together"
    yield Measurement(name, means["model"], "", means["own"], True)
    yield Measurement("the same, its standard deviation", spread, "")
    yield Measurement("the same, by the encoder alone", means["encoder"], "")
    yield Measurement("the same, matching pursuit with as many events", means["pursuit"], "")
    yield Measurement("the same, that pursuit with strengths that the loss asks for", means["weighed"], "")
    yield Measurement("the same, the mean spectrum of the segment itself", means["own"], "")
    yield Measurement("the same, the mean spectrum of what was learned from", means["common"], "")
    yield _below(f"{what} segments, below the pursuit", found, "pursuit", BELOW if what == "fresh" else None)
    yield _below("the same, below the pursuit with strengths that the loss asks for", found, "weighed")
    for kind in sorted({of for of, _ in found}):
        part = [(of, one) for of, one in found if of == kind]
        yield _below(f"the same, {len(part)} of {kind}, below the pursuit", part, "pursuit")


def measure_segment(player: EventDecoder, model: EventModel, target: Tensor, usual: list[Tensor]) -> Distances:
    """All that is told of a segment (N,)."""
    with torch.no_grad():
        heard = torch.stack(model(target[None]).passes).sum(0)[0]
        score = decompose(model, target, peak=1.0)
        made = torch.from_numpy(put_together(player, score)[: len(target)])
        around = (torch.from_numpy(part)[None] for part in (score.context, score.gains))
        parts = pursue(render_atoms(model, *around), target, model.sizes.events)
        better = fit_strengths(model, parts, target)
    meant = [magnitudes(target[None], window) for window in WINDOWS]
    near = [float(reconstruction_loss(sound[None], target[None])) for sound in (made, heard, parts.sum(0), better)]
    return Distances(*near, _held([one.mean((0, 1)) for one in meant], meant), _held(usual, meant))


def mean_spectra(model: EventModel, dataset: Dataset) -> list[Tensor]:
    """The mean magnitudes (bins,) of what was learned from, for each window."""
    drawn = dataset.draw(DRAWN, model.sizes.samples, torch.Generator().manual_seed(0))
    return [magnitudes(drawn, window).mean((0, 1)) for window in WINDOWS]


def development_segments(dataset: Dataset, samples: int) -> list[Segment]:
    """Stretches that were kept back, by which no step was chosen as the best, but by which methods were."""
    others = _others(dataset, samples)
    return [others[i] for i in torch.linspace(0, len(others) - 1, OLD).long().tolist()]


def test_segments(dataset: Dataset, sizes: Sizes) -> list[Segment]:
    """Stretches by which nothing was chosen, and some of recordings that no one learned from."""
    others = _others(dataset, sizes.samples)
    known = {i for count in (OLD, OLDER) for i in torch.linspace(0, len(others) - 1, count).long().tolist()}
    left = [segment for i, segment in enumerate(others) if i not in known]
    random = np.random.default_rng(SEED)
    strange = [one for pattern in STRANGERS for one in _drawn(pattern, sizes.samples, sizes.rate, random)]
    return [*left, *strange]


def _below(name: str, found: list[tuple[str, Distances]], against: str, goal: float | None = None) -> Measurement:
    """How much less the model's distances come to than those of something else."""
    one, other = sum(each.model for _, each in found), sum(getattr(each, against) for _, each in found)
    return Measurement(name, 100 * (1 - one / other), "%", goal)


def _others(dataset: Dataset, samples: int) -> list[Segment]:
    """All stretches that were kept back, but for those by which the best step was chosen."""
    chosen = dataset.validation_segments(samples)
    some = [
        Segment(row, Path(path).parent.name)
        for path, sound in zip(dataset.validation_sources, dataset.validation, strict=True)
        for row in cut_segments(sound, samples)
    ]
    return [one for one in some if not (chosen == one.sound).all(1).any()]


def _drawn(pattern: str, samples: int, rate: int, random: np.random.Generator) -> list[Segment]:
    """Segments of recordings whose names fit, none that is hardly anything but silence."""
    files = sorted(glob.glob(f"{os.environ['LUTHIER_DATA']}/{pattern}"))
    found: list[Segment] = []
    while len(found) < EACH:
        mono = torch.from_numpy(recording.load(str(random.choice(files)), rate)[0].mean(axis=0))
        mono = mono / mono.abs().max()
        first = int(random.integers(max(len(mono) - samples, 0) + 1))
        row = torch.nn.functional.pad(mono[first : first + samples], (0, max(samples - len(mono), 0)))
        if row.abs().max() > MIN_SEGMENT_PEAK:
            found.append(Segment(row, f"{pattern.partition('/')[0]} never heard"))
    return found


def _held(spectra: list[Tensor], meant: list[Tensor]) -> float:
    """The loss of spectra that are held all the time, each as loud as what is meant."""
    pairs = zip(spectra, meant, strict=True)
    return float(sum(magnitude_loss(one.expand_as(other) * other.mean() / one.mean(), other) for one, other in pairs))
