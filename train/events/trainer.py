"""The run of learning of an event model, in three stages.

First recorded notes, each a single event, train the decoder; then synthetic segments train the encoder; then
recordings train both, beside synthetic segments. With `isolate` the sound of earlier passes is
constant in a later one, so that each event must reduce the loss by itself; without it the loss is that of the
mixture, as published.
"""

import math
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.sound_file.writer import write_sound
from train.recording import fingerprint
from train.trainer import Progress, Trainer, copy_weights

from .config import Config
from .dataset import Dataset
from .initial_dictionary import new_model
from .loss import published_loss, reconstruction_loss
from .model import Analysis, EventModel, Events
from .note_pretraining import NotePretraining
from .synthetic_segments import SyntheticSegments, activation_loss

PREVIEW_SEGMENTS = 4
VALIDATION_STEPS = 50  # between two validations
TYPICAL_RATE = 0.02  # of the moving means of context and room, a batch
USAGE_RATE = 0.002  # of the moving sums of how often keys are used, a batch
SYNTHETIC_STAGE_FACTOR = 2  # times as many synthetic segments in a step while there are no recordings
MAX_GRADIENT_NORM = 1.0
_POOL = ("keys", "sounds", "position")


class EventTrainer(Trainer[EventModel, Config, Progress]):
    """Learns from a dataset.

    stage_steps: the steps at which stages began. sounding: events in a segment of the last batch.
    """

    checkpoint_fields = (*Trainer.checkpoint_fields, "stage_steps")

    def __init__(self, dataset: Dataset, config: Config, device: str = "cpu") -> None:
        self.dataset = dataset
        sizes = config.sizes
        generator = torch.Generator().manual_seed(config.seed)
        model = new_model(sizes, generator).to(device)
        self.validation = dataset.validation_segments(sizes.samples).to(device)
        self.notes = NotePretraining(model, dataset.notes, generator) if config.notes and dataset.notes else None
        self.synthetic = SyntheticSegments(model, generator, self.notes) if config.synthetic else None
        self.sounding = 0
        self.stage_steps: list[int] = []
        betas = (0.0, 0.9) if sizes.published else (0.9, 0.99)
        groups = [{"params": list(model.parameters()), "full": config.learning_rate}]
        optimizer = torch.optim.Adam(groups, lr=config.learning_rate, betas=betas)
        recordings = fingerprint(sound.numpy() for sound in [*dataset.training, *dataset.validation])
        super().__init__(config, model, optimizer, generator, recordings)

    def progress(self, preview: Path | None) -> Progress:
        """Progress after the last step."""
        steps, loss = len(self.losses), self.recent_loss()
        return Progress(steps, loss, self.steps_per_second(), self.seconds_left(), self.sounding, preview)

    def evaluate(self, folder: Path) -> Path:
        """Write `preview.wav`: some validation segments, each before its reconstruction."""
        started, path = time.monotonic(), folder / "preview.wav"
        segments = self.validation[:PREVIEW_SEGMENTS]
        sounds = torch.stack([segments, self._mixture(self._analyze(segments))], 1).flatten().cpu()
        scaled = sounds / max(1.0, float(sounds.abs().max()))
        write_sound(path, scaled.numpy()[None], self.config.sizes.rate)
        self.seconds += time.monotonic() - started
        return path

    def state(self) -> dict[str, Any]:
        """The content of a checkpoint."""
        pool = {name: getattr(self.synthetic, name) for name in _POOL} if self.synthetic else {}
        return {**super().state(), "pool": pool}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint; only `steps` and `minutes` may differ. ValueError otherwise."""
        super().restore(state)
        self.stage_steps = list(state["stage_steps"])
        for name, value in state["pool"].items():
            setattr(self.synthetic, name, value)

    def validation_loss(self) -> float:
        """The reconstruction loss of the validation segments."""
        return float(reconstruction_loss(self._mixture(self._analyze(self.validation)), self.validation))

    def stage(self) -> int:
        """The stage: 0 notes, 1 synthetic segments, 2 recordings; those without data are skipped."""
        first, second = self.config.stages
        if self.notes and self.fraction_done() < first:
            return 0
        return 1 if self.synthetic and self.fraction_done() < second else 2

    def _compute_loss(self) -> tuple[Tensor, Tensor]:
        """The loss that is reported, and the one that is minimized."""
        config, sizes, stage = self.config, self.config.sizes, self.stage()
        self.model.train()
        if len(self.stage_steps) <= stage:
            self.stage_steps += (stage + 1 - len(self.stage_steps)) * [len(self.losses)]
            if self.synthetic and stage:
                self.synthetic.replace_all(self.model)
        if stage == 0 and self.notes:
            loss = self.notes.loss(self.model, config.notes)
            return loss, loss
        if stage == 1 and self.synthetic:
            loss = self._activation_loss(SYNTHETIC_STAGE_FACTOR * config.synthetic)
            return loss, loss
        target = self.dataset.draw(config.batch, sizes.samples, self.generator).to(self.validation.device)
        analysis = self.model(target)
        self._update_typical(analysis)
        if sizes.published:
            loss = published_loss(self._mixture(analysis), target, sizes.events)
            return reconstruction_loss(self._mixture(analysis).detach(), target), loss
        sounds = self.compared_sounds(analysis)
        loss = torch.stack([reconstruction_loss(sound, target) for sound in sounds]).mean()
        reported = reconstruction_loss(sounds[-1].detach(), target)
        if self.synthetic is not None:
            self.synthetic.replace_oldest(self.model)
            loss = loss + config.plane_loss_weight * self._activation_loss(config.synthetic)
        return reported, loss

    def _activation_loss(self, count: int) -> Tensor:
        """The loss of the encoder on so many synthetic segments."""
        assert self.synthetic is not None
        spectra, activations = self.synthetic.draw(self.model, count)
        return activation_loss(self.model.encoder(spectra), activations)

    def compared_sounds(self, analysis: Analysis) -> list[Tensor]:
        """The sounds (B, N) that are compared with the target: after each pass, or only the mixture."""
        if not self.config.isolate:
            return [self._mixture(analysis)]
        sounds = [torch.zeros_like(analysis.passes[0])]
        for sound in analysis.passes:
            sounds.append(sounds[-1].detach() + sound)
        return sounds[1:]

    def _update_typical(self, analysis: Analysis) -> None:
        """Update the moving means: the context, the room, which keys are used and how strongly."""
        with torch.no_grad():
            model, events = self.model, analysis.events
            model.typical.lerp_(analysis.context.mean(0), TYPICAL_RATE)
            model.typical_gains.lerp_(analysis.gains.mean(0), TYPICAL_RATE)
            self.sounding = int((events.strengths > 0).sum()) // len(events.keys)
            model.update_usage(Events(events.keys, events.frames, events.strengths.relu()), USAGE_RATE)

    def _analyze(self, sound: Tensor) -> Analysis:
        self.model.eval()
        with torch.no_grad():
            return self.model(sound)

    def _mixture(self, analysis: Analysis) -> Tensor:
        return torch.stack(analysis.passes).sum(0)

    def _update_weights(self) -> None:
        limit = math.inf if self.config.sizes.published else MAX_GRADIENT_NORM
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), limit)
        super()._update_weights()

    def _update_best(self) -> None:
        """Validate every VALIDATION_STEPS and at the end; before the last stage the newest weights are the best."""
        if len(self.losses) % VALIDATION_STEPS and self.fraction_done() < 1:
            return
        if self.stage() < 2 and self.fraction_done() < 1:
            self.best = copy_weights(self.model)
            return
        loss = self.validation_loss()
        if loss < self.lowest:
            self.lowest, self.best = loss, copy_weights(self.model)
