"""Ablation of the parts of the event recipe: a model continues learning in five ways, and is measured.

    LUTHIER_DATA=DATA python -m benchmarks.learning.event_ablation [PRESET] [--json]

From the weights of a preset it learns further on recordings, so many steps each time: by our recipe (the sound
of earlier passes is constant, and synthetic segments supervise the encoder), without the one, without the other,
without both, as published, where the loss is that of the mixture, and by our recipe but with constant shares of the
three parts of an event. Then mixtures of known notes are decomposed; events are assigned to the note that starts
within 50 ms of them, and their sum is compared with that note alone. 100 % is the error of silence; a model learned
only from the mixture has more.
"""

import os
from dataclasses import replace

import numpy as np
import torch

from benchmarks.support.measurement import Measurement, run_preset_benchmark
from engine.preset import library
from engine.preset.preset_file import read
from export.events import load_model
from train.events.config import CONFIGS
from train.events.dataset import load_dataset
from train.events.decompose import decompose
from train.events.loss import reconstruction_loss
from train.events.model import EventModel
from train.events.trainer import EventTrainer

from .event_quality import TOLERANCE_SECONDS, load_note, mix_notes, recording_paths

STEPS = 250
MIXTURES = 3
ABLATIONS = {
    "passes and synthetic segments": (True, 6, True),
    "synthetic segments alone": (False, 6, True),
    "passes alone": (True, 0, True),
    "neither, as published": (False, 0, True),
    "passes and synthetic segments, constant shares": (True, 6, False),
}  # passes, synthetic segments, whether the shares of the parts are learned


def measure(preset: str = "mosaic", steps: int = STEPS) -> list[Measurement]:
    """Measure each way; ValueError if LUTHIER_DATA is not set."""
    if not os.environ.get("LUTHIER_DATA"):
        raise ValueError("LUTHIER_DATA does not say where the recordings are")
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    base = load_model(read(library.find(preset)))
    dataset = load_dataset([(path, 0.0, None) for path in recording_paths("mosaic")], base.sizes.rate)
    notes = [load_note(path, base.sizes.rate) for path in dataset.validation_files]
    rows = [Measurement("notes apart, before", separation_error(base, notes), "%")]
    for name, (isolate, synthetic, learns_shares) in ABLATIONS.items():
        config = replace(CONFIGS["small"], sizes=base.sizes, steps=steps, stages=(0.0, 0.0), notes=0)
        trainer = EventTrainer(dataset, replace(config, isolate=isolate, synthetic=synthetic))
        trainer.model.load_state_dict(base.state_dict())
        if not learns_shares:
            freeze_mix(trainer.model)
        while trainer.fraction_done() < 1:
            trainer.step()
        rows += [
            Measurement(
                f"notes apart, {steps} steps on with {name}", separation_error(trainer.model.eval(), notes), "%"
            ),
            Measurement("the same, loss of held-out segments", trainer.validation_loss(), ""),
        ]
    return rows


def freeze_mix(model: EventModel) -> None:
    """Set constant, equal shares of the three parts of every event."""
    for parameter in model.decoder.mix.parameters():
        parameter.data.zero_()
        parameter.requires_grad_(False)


def separation_error(model: EventModel, notes: list[np.ndarray]) -> float:
    """Error of the events of each note, in percent of the error of silence; notes (N,) in mixtures."""
    random, rate = np.random.default_rng(0), model.sizes.rate
    shares = []
    for _ in range(MIXTURES):
        sound, times, stems = mix_notes(notes, rate, random)
        score = decompose(model, torch.from_numpy(sound))
        for time, stem in zip(times, stems, strict=True):
            near_events = [event for event in score.events if abs(event.time - time) <= TOLERANCE_SECONDS]
            nearest = [
                event for event in near_events if abs(times - event.time).min() >= abs(time - event.time) - 1e-9
            ]
            rendered = torch.zeros(model.sizes.samples)
            for event in nearest:
                rendered += _shift(_render(model, score.context, event.key, event.strength), event.time - time, rate)
            target = torch.zeros_like(rendered)
            target[: len(stem)] = torch.from_numpy(stem[: len(target)])
            silence = reconstruction_loss(torch.zeros_like(target)[None], target[None])
            shares.append(float(reconstruction_loss(score.gain * rendered[None], target[None]) / silence))
    return 100 * float(np.mean(shares))


def _render(model: EventModel, context: np.ndarray, key: int, strength: float) -> torch.Tensor:
    """Render an event."""
    with torch.no_grad():
        return model.decoder(torch.tensor([key]), torch.tensor([strength]), torch.from_numpy(context)[None])[0]


def _shift(sound: torch.Tensor, seconds: float, rate: int) -> torch.Tensor:
    """Shift a sound later, or earlier with its start cut off."""
    late = round(seconds * rate)
    return torch.nn.functional.pad(sound, (late, -late))


if __name__ == "__main__":
    run_preset_benchmark(__doc__ or "", measure, "mosaic")
