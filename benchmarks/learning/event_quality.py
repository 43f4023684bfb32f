"""Quality of an event model on held-out recordings, and the cost of its keys while others sound.

    LUTHIER_DATA=DATA python -m benchmarks.learning.event_quality [PRESET] [--json]

The recordings are those of the preset's recipe: the last tenth of each long one and every twelfth note are held out
of learning. Reconstruction: the loss that it was learned with (`benchmarks.learning.event_reconstruction`). Onsets
are detected in mixtures of guitar and banjo notes, one at a random moment of each eighth of a second; events within
30 ms of each other are one onset, and weak ones none.
"""

import glob
import os
import tomllib
from collections.abc import Iterator

import numpy as np
import torch

from benchmarks.engine import event_cache_misses
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
from train.notes import note_span

from . import event_reconstruction

MIXTURES, MIXTURE_SECONDS, NOTES_PER_SECOND = 3, 8.0, 8  # mixtures of notes, their length, notes a second
MIN_GAIN = 0.3  # of the loudest note
MERGE_SECONDS, TOLERANCE_SECONDS = 0.03, 0.05
MIN_STRENGTH_RATIO = 0.06  # of the strongest onset: weaker ones are ignored
MIN_F_MEASURE = 0.6  # F-measure


def measure(preset: str = "mosaic") -> list[Measurement]:
    """Measure a preset; ValueError if LUTHIER_DATA is not set."""
    if not os.environ.get("LUTHIER_DATA"):
        raise ValueError("LUTHIER_DATA does not say where the recordings are")
    preset_content = read(library.find(preset))
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    model = load_model(preset_content)
    dataset = load_dataset(
        [(path, 0.0, None) for path in recording_paths(preset_content.header["name"])], model.sizes.rate
    )
    return [
        *event_reconstruction.measure(EventDecoder(preset_content), model, dataset),
        *_onset_measurements(model, dataset.validation_files),
        *event_cache_misses.measure(preset),
    ]


def recording_paths(name: str) -> list[str]:
    """Files that a factory instrument is learned from."""
    recipes = tomllib.loads((library.factory_folder() / "recipes.toml").read_text(encoding="utf-8"))
    patterns = recipes[name]["recordings"]
    return [path for pattern in patterns for path in sorted(glob.glob(f"{os.environ['LUTHIER_DATA']}/{pattern}"))]


def _onset_measurements(model: EventModel, held_out: list[str]) -> Iterator[Measurement]:
    """F-measures of onsets, of all notes and of held-out ones."""
    files = [path for name in ("guitar", "banjo") for path in recording_paths(name)]
    notes = {path: load_note(path, model.sizes.rate) for path in files}
    generator = np.random.default_rng(0)
    for title, paths in (("any", files), ("kept-back", [path for path in files if path in held_out])):
        matches = detected = references = 0
        for _ in range(MIXTURES):
            sound, times, _ = mix_notes([notes[path] for path in paths], model.sizes.rate, generator)
            detected_times = event_onsets(decompose(model, torch.from_numpy(sound)))
            matches, detected, references = (
                matches + count_matches(detected_times, times),
                detected + len(detected_times),
                references + len(times),
            )
        yield Measurement(
            f"onsets of {title} notes, {NOTES_PER_SECOND} a second, F at 50 ms",
            2 * matches / (detected + references),
            "",
            MIN_F_MEASURE,
        )


def mix_notes(
    notes: list[np.ndarray], rate: int, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Overlapping notes (N,): the sound, their start times in s, and each note alone."""
    count = round(MIXTURE_SECONDS * NOTES_PER_SECOND)
    times = (np.arange(count) + random.random(count)) / NOTES_PER_SECOND
    sound, stems = np.zeros(round((MIXTURE_SECONDS + 1) * rate), np.float32), []
    for time, index in zip(times, random.integers(len(notes), size=count), strict=True):
        first = round(time * rate)
        stem = random.uniform(MIN_GAIN, 1) * notes[index][: len(sound) - first]
        sound[first : first + len(stem)] += stem
        stems.append(stem)
    return sound, times, stems


def event_onsets(score: EventScore) -> np.ndarray:
    """Onset times in s of the events of a score, those close together as one."""
    times: list[float] = []
    strengths: list[float] = []
    for event in sorted(score.events, key=lambda event: event.time):
        if times and event.time - times[-1] < MERGE_SECONDS:
            strengths[-1] += event.strength
        else:
            times.append(event.time)
            strengths.append(event.strength)
    return np.array(times)[np.array(strengths) > MIN_STRENGTH_RATIO * max(strengths, default=0.0)]


def count_matches(detected: np.ndarray, references: np.ndarray) -> int:
    """Number of reference times that were detected, each at most once."""
    matches, unmatched = 0, list(detected)
    for time in references:
        candidates = [other for other in unmatched if abs(other - time) <= TOLERANCE_SECONDS]
        if candidates:
            unmatched.remove(min(candidates, key=lambda other: abs(other - time)))
            matches += 1
    return matches


def load_note(path: str, rate: int) -> np.ndarray:
    """A note from its onset, normalized to peak 1."""
    samples, _ = recording.load(path, rate)
    mono = samples.mean(axis=0)
    return np.asarray(mono[note_span.find_onset(mono, rate) :] / np.abs(mono).max(), np.float32)


if __name__ == "__main__":
    run_preset_benchmark(__doc__ or "", measure, "mosaic")
