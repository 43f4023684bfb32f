"""What makes each event one note, and not a part of everything: a model learns on in five ways, and is measured.

    LUTHIER_DATA=DATA python -m benchmarks.learning.isolation [PRESET] [--json]

From the weights of a preset it learns on from recordings, so many steps each time: as ours does (what an earlier pass
explained is taken for granted, and dreams tell the encoder what it should have found), without the one, without the
other, without both, as published, where every event answers for the mixture, and as ours does but in constant shares
of the three parts of an event. Then mixtures of known notes are taken apart; events go to the note that begins within
50 ms of them, and what they come to is held against that note alone. 100 % is what silence in its place has; a model
that hears no notes but a mixture comes out above that.
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

from .events import TOLERANCE, load_note, mix_notes, recording_paths

STEPS = 250
MIXTURES = 3
WAYS = {  # passes, dreams, whether the shares of the parts are learned
    "passes and dreams": (True, 6, True),
    "dreams alone": (False, 6, True),
    "passes alone": (True, 0, True),
    "neither, as published": (False, 0, True),
    "passes and dreams, constant shares": (True, 6, False),
}


def measure(preset: str = "mosaic", steps: int = STEPS) -> list[Measurement]:
    """A row for each way; ValueError if nothing says where the recordings are."""
    if not os.environ.get("LUTHIER_DATA"):
        raise ValueError("LUTHIER_DATA does not say where the recordings are")
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    begun = load_model(read(library.find(preset)))
    dataset = load_dataset([(path, 0.0, None) for path in recording_paths("mosaic")], begun.sizes.rate)
    notes = [load_note(path, begun.sizes.rate) for path in dataset.validation_files]
    rows = [Measurement("notes apart, before", separation_error(begun, notes), "%")]
    for name, (isolate, dreams, mixes) in WAYS.items():
        config = replace(CONFIGS["small"], sizes=begun.sizes, steps=steps, stages=(0.0, 0.0), notes=0)
        trainer = EventTrainer(dataset, replace(config, isolate=isolate, synthetic=dreams))
        trainer.model.load_state_dict(begun.state_dict())
        if not mixes:
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
    """Give the three parts of every event the same shares, and let nothing change them."""
    for parameter in model.decoder.mix.parameters():
        parameter.data.zero_()
        parameter.requires_grad_(False)


def separation_error(model: EventModel, notes: list[np.ndarray]) -> float:
    """How far the events of each note are from it, in percent of silence; notes (N,) each, in mixtures."""
    random, rate = np.random.default_rng(0), model.sizes.rate
    shares = []
    for _ in range(MIXTURES):
        sound, times, stems = mix_notes(notes, rate, random)
        score = decompose(model, torch.from_numpy(sound))
        for when, stem in zip(times, stems, strict=True):
            mine = [event for event in score.events if abs(event.time - when) <= TOLERANCE]
            nearest = [one for one in mine if abs(times - one.time).min() >= abs(when - one.time) - 1e-9]
            heard = torch.zeros(model.sizes.samples)
            for event in nearest:
                heard += _shifted(_sounded(model, score.context, event.key, event.strength), event.time - when, rate)
            target = torch.zeros_like(heard)
            target[: len(stem)] = torch.from_numpy(stem[: len(target)])
            silence = reconstruction_loss(torch.zeros_like(target)[None], target[None])
            shares.append(float(reconstruction_loss(score.gain * heard[None], target[None]) / silence))
    return 100 * float(np.mean(shares))


def _sounded(model: EventModel, context: np.ndarray, key: int, strength: float) -> torch.Tensor:
    with torch.no_grad():
        return model.decoder(torch.tensor([key]), torch.tensor([strength]), torch.from_numpy(context)[None])[0]


def _shifted(sound: torch.Tensor, seconds: float, rate: int) -> torch.Tensor:
    """Later, or earlier and cut at its beginning."""
    late = round(seconds * rate)
    return torch.nn.functional.pad(sound, (late, -late))


if __name__ == "__main__":
    run_preset_benchmark(__doc__ or "", measure, "mosaic")
