"""What an event model finds in recordings it never learned from, and what its keys cost while others sound.

    LUTHIER_DATA=DATA python -m benchmarks.learning.events [PRESET] [--json]

The recordings are those of the preset's recipe: the last tenth of each long one and every twelfth note were kept back
from learning. Reconstruction: the loss that it was learned with (`benchmarks.learning.reconstruction`). Onsets are
looked for in mixtures of notes of guitar and banjo, one at a random moment of each eighth of a second; events within
30 ms of each other are one onset, and weak ones none.
"""

import glob
import os
import tomllib
from collections.abc import Iterator

import numpy as np
import torch

from benchmarks.engine import first_use
from benchmarks.support.measurement import Measurement, run_preset_benchmark
from engine.instruments.events.decoder import EventDecoder
from engine.instruments.events.event_score import EventScore
from engine.preset import library
from engine.preset.preset_file import read
from export.events import load_model
from train import recording
from train.events.dataset import load_dataset
from train.events.decompose import decompose
from train.events.model import EventModel
from train.notes import onset

from . import reconstruction

MIXTURES, SECONDS, EACH = 3, 8.0, 8  # mixtures of notes, their length, notes a second
SOFTEST = 0.3  # of the loudest note
CLOSE, TOLERANCE = 0.03, 0.05  # seconds
WEAK = 0.06  # of the strongest onset: what is weaker is none
GOAL = 0.6  # F-measure


def measure(preset: str = "mosaic") -> list[Measurement]:
    """All rows of a preset; ValueError if nothing says where its recordings are."""
    if not os.environ.get("LUTHIER_DATA"):
        raise ValueError("LUTHIER_DATA does not say where the recordings are")
    made = read(library.find(preset))
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    model = load_model(made)
    dataset = load_dataset([(path, 0.0, None) for path in recording_paths(made.header["name"])], model.sizes.rate)
    return [
        *reconstruction.measure(EventDecoder(made), model, dataset),
        *_onsets(model, dataset.validation_files),
        *first_use.measure(preset),
    ]


def recording_paths(name: str) -> list[str]:
    """The files that a factory instrument is learned from."""
    recipes = tomllib.loads((library.factory_folder() / "recipes.toml").read_text(encoding="utf-8"))
    patterns = recipes[name]["recording_paths"]
    return [path for pattern in patterns for path in sorted(glob.glob(f"{os.environ['LUTHIER_DATA']}/{pattern}"))]


def _onsets(model: EventModel, unheard: list[str]) -> Iterator[Measurement]:
    """F-measures of onsets, of notes that were learned from and of those that never were."""
    files = [path for name in ("guitar", "banjo") for path in recording_paths(name)]
    notes = {path: load_note(path, model.sizes.rate) for path in files}
    generator = np.random.default_rng(0)
    for what, some in (("any", files), ("kept-back", [path for path in files if path in unheard])):
        hits = found = there = 0
        for _ in range(MIXTURES):
            sound, times, _ = mix_notes([notes[path] for path in some], model.sizes.rate, generator)
            heard = event_onsets(decompose(model, torch.from_numpy(sound)))
            hits, found, there = hits + count_matches(heard, times), found + len(heard), there + len(times)
        yield Measurement(
            f"onsets of {what} notes, {EACH} a second, F at 50 ms", 2 * hits / (found + there), "", GOAL
        )


def mix_notes(
    notes: list[np.ndarray], rate: int, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Notes (N,) one after the other, ringing on into each other: the sound, when they begin in s, and each alone."""
    count = round(SECONDS * EACH)
    times = (np.arange(count) + random.random(count)) / EACH
    sound, alone = np.zeros(round((SECONDS + 1) * rate), np.float32), []
    for when, which in zip(times, random.integers(len(notes), size=count), strict=True):
        first = round(when * rate)
        part = random.uniform(SOFTEST, 1) * notes[which][: len(sound) - first]
        sound[first : first + len(part)] += part
        alone.append(part)
    return sound, times, alone


def event_onsets(score: EventScore) -> np.ndarray:
    """Times in s at which events of a score begin, those close together as one."""
    times: list[float] = []
    strengths: list[float] = []
    for event in sorted(score.events, key=lambda event: event.time):
        if times and event.time - times[-1] < CLOSE:
            strengths[-1] += event.strength
        else:
            times.append(event.time)
            strengths.append(event.strength)
    return np.array(times)[np.array(strengths) > WEAK * max(strengths, default=0.0)]


def count_matches(found: np.ndarray, there: np.ndarray) -> int:
    """How many of the times that are there were found, each once."""
    hits, free = 0, list(found)
    for when in there:
        near = [other for other in free if abs(other - when) <= TOLERANCE]
        if near:
            free.remove(min(near, key=lambda other: abs(other - when)))
            hits += 1
    return hits


def load_note(path: str, rate: int) -> np.ndarray:
    """A note from where it begins, its peak 1."""
    samples, _ = recording.load(path, rate)
    mono = samples.mean(axis=0)
    return np.asarray(mono[onset.find_onset(mono, rate) :] / np.abs(mono).max(), np.float32)


if __name__ == "__main__":
    run_preset_benchmark(__doc__ or "", measure, "mosaic")
