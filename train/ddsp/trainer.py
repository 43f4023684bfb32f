"""The run of learning of a DDSP model, on one device or on several.

The moving mean of the weights is validated and becomes the model, not the last weights.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor

from train.recording import fingerprint
from train.trainer import Trainer, copy_weights

from .config import Config
from .dataset import Dataset
from .loss import draw_frames, spectral_loss, windows_at
from .model import DdspModel
from .random_clips import ClipSampler, Segment, stack_segments
from .tensorboard import TensorBoardLog

EMA_DECAY = 0.998  # of the moving mean of the weights, per step
MAX_GRADIENT_NORM = 3.0
MAX_FAILED_STEPS = 8  # in a row whose gradient is not finite
SCALE_TOLERANCE_DB = 0.1  # by which the scale of loudness may differ where a run goes on
SHOWN_LOSS_STEPS = 50  # over which the loss is averaged to be shown


@dataclass(frozen=True)
class Progress:
    """Progress of a run; its fields are the keys of the command's JSON lines.

    loss: mean over the last steps. kept: the last validation loss, nan before. left: seconds.
    """

    step: int
    loss: float
    kept: float
    steps_per_second: float
    left: float


class DdspTrainer(Trainer[DdspModel, Config, Progress]):
    """Learns from a dataset.

    ema: the model with the moving mean of the weights. validations: step and loss of each validation; best: the ema
    with the lowest of them.
    """

    warmup_steps = 100
    evaluation_seconds = 120.0
    checkpoint_fields = ("losses", "validations", "seconds", "best")
    other_recordings = "other recordings, and cannot go on with these"

    def __init__(
        self,
        dataset: Dataset,
        config: Config,
        fabric: Fabric,
        start: DdspModel | None = None,
        voice: Segment | None = None,
    ) -> None:
        """start: initial weights. voice: rendered with every validation."""
        torch.manual_seed(config.seed)
        self.dataset, self.fabric, self.voice = dataset, fabric, voice
        self.clips = ClipSampler(dataset.training, config.clip)
        model, self.ema = DdspModel(config.sizes), DdspModel(config.sizes).requires_grad_(False)
        self.start = start
        if start is not None:
            model.load_state_dict(start.state_dict())
        self.ema.load_state_dict(model.state_dict())
        self.ema.to(fabric.device).eval()
        model.decoder.dropout = config.augmentation.dropout
        adam = torch.optim.Adam(model.parameters(), lr=config.learning_rate, betas=(0.9, 0.99))
        self._wrapped, optimizer = fabric.setup(model, adam)
        for group in optimizer.param_groups:
            group["full"] = config.learning_rate
        generator = torch.Generator().manual_seed(config.seed + 7919 * fabric.global_rank)
        recordings = fingerprint(segment.sound.numpy() for segment in [*dataset.training, *dataset.validation])
        super().__init__(config, model, optimizer, generator, recordings)
        self.best = copy_weights(self.ema)
        self.validations: list[tuple[int, float]] = []
        self._failed_steps = 0
        self._gradient_norm = torch.zeros(())
        self._log: TensorBoardLog | None = None

    def run(self, folder: Path, report: Callable[[Progress], None], resume: bool = False) -> bool:
        """As `Trainer.run`; the folder also takes the logs for TensorBoard."""
        is_first = self.fabric.global_rank == 0
        with TensorBoardLog(folder, self.config.sizes, self.dataset, self.voice, is_first) as self._log:
            stopped = super().run(folder, report, resume)
        self._log = None
        return stopped

    def step(self) -> None:
        """Take one step."""
        super().step()
        if self._log:
            self._log.step(self.losses, self.optimizer.param_groups[0]["lr"])

    def progress(self, preview: Path | None = None) -> Progress:
        """Progress after the last step."""
        recent = self.losses[-SHOWN_LOSS_STEPS:]
        validation = self.validations[-1][1] if self.validations and self.dataset.validation else math.nan
        mean = sum(recent) / len(recent)
        return Progress(len(self.losses), mean, validation, self.steps_per_second(), self.seconds_left())

    def evaluate(self, folder: Path) -> None:
        """Validate, and log the result."""
        self.validate()
        if self._log:
            self._log.validation(*self.validations[-1], self.render)

    def validate(self) -> float:
        """The loss of the moving mean of the weights on the validation set, or on a training segment without one."""
        started = time.monotonic()
        segments = self.dataset.validation or self.dataset.training[:1]
        loss = sum(self._segment_loss(s) * s.frames for s in segments) / sum(s.frames for s in segments)
        if loss <= min((loss for _, loss in self.validations), default=math.inf):
            self.best = copy_weights(self.ema)
        self.validations.append((len(self.losses), loss))
        self.seconds += time.monotonic() - started
        return loss

    def scale_loudness(self, loudness: Tensor) -> Tensor:
        """Loudness in dB to the input of the decoder."""
        return (loudness - self.dataset.mean) / self.dataset.deviation

    def render(self, segment: Segment) -> Tensor:
        """The sound of a segment's curves by the moving mean of the weights, (F·hop,)."""
        with torch.no_grad():
            one = stack_segments([segment]).to(self.fabric.device)
            generator = torch.Generator().manual_seed(self.config.seed)
            return self.ema(one.pitch, one.phase, self.scale_loudness(one.loudness), generator)[0]

    def save(self, path: Path) -> None:
        """Write a checkpoint, in the first of several processes."""
        if self.fabric.global_rank == 0:
            super().save(path)

    def state(self) -> dict[str, Any]:
        """The content of a checkpoint."""
        return {
            **super().state(),
            "loudness_scale": (self.dataset.mean, self.dataset.deviation),
            "ema": self.ema.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint; only the first of several processes takes over its random numbers."""
        own = self.generator.get_state()
        super().restore(state)
        self.ema.load_state_dict(state["ema"])
        if self.fabric.global_rank > 0:
            self.generator.set_state(own)

    def _check(self, state: dict[str, Any]) -> None:
        """ValueError also if the checkpoint has another scale of loudness."""
        super()._check(state)
        scale = self.dataset.mean, self.dataset.deviation
        if any(abs(a - b) > SCALE_TOLERANCE_DB for a, b in zip(state["loudness_scale"], scale, strict=True)):
            raise ValueError("the checkpoint is told loudness in another way: begin with the same preset (--from)")

    def _prepare_loop(self, resumed: bool) -> None:
        if self.start is not None and not resumed:
            self.validate()  # the initial weights may stay the best
            self.seconds = 0.0

    def _finish_loop(self, folder: Path) -> None:
        self.evaluate(folder)
        self.save(folder / "checkpoint.pt")
        self.model.load_state_dict(self.best)

    def _continues(self, stop_requested: bool) -> bool:
        """Whether another step follows; where several processes learn together, the first one decides."""
        continues = super()._continues(stop_requested)
        if self.fabric.world_size == 1:
            return continues
        first_process: tuple[bool, float] = self.fabric.broadcast((continues, self.seconds))
        self.seconds = first_process[1]
        return first_process[0]

    def _compute_loss(self) -> tuple[Tensor, Tensor]:
        """The loss of a batch of clips, twice."""
        config = self.config
        torch.manual_seed(int(torch.randint(2**31, (), generator=self.generator)))  # seeds the dropout
        clip = self._augment(self.clips.draw(config.batch, self.generator)).to(self.fabric.device)
        sound = self._wrapped(clip.pitch, clip.phase, self.scale_loudness(clip.loudness), self.generator)
        start, windows = config.lead * config.sizes.hop, windows_at(config.sizes.rate)
        frames = draw_frames(windows, self.generator)
        loss = spectral_loss(sound[:, start:], clip.sound[:, start:], windows, frames)
        return loss, loss

    def _augment(self, clip: Segment) -> Segment:
        """Clips with random gain, their pitch and loudness with random deviations."""
        augmentation = self.config.augmentation
        gain = augmentation.gain * (2 * torch.rand(len(clip.sound), 1, generator=self.generator) - 1)
        octaves = augmentation.cents / 1200 * torch.randn(len(clip.sound), 1, generator=self.generator)
        noise = augmentation.loudness * torch.randn(clip.loudness.shape, generator=self.generator)
        return Segment(
            clip.sound * 10 ** (gain / 20), clip.pitch * 2**octaves, clip.loudness + gain + noise, clip.phase
        )

    def _segment_loss(self, segment: Segment) -> float:
        windows, target = windows_at(self.config.sizes.rate), segment.sound[None].to(self.fabric.device)
        return float(spectral_loss(self.render(segment)[None], target, windows))

    def _backward(self, loss: Tensor) -> None:
        self.fabric.backward(loss)
        self._gradient_norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), MAX_GRADIENT_NORM)

    def _is_finite(self, loss: Tensor) -> bool:
        return bool(torch.isfinite(self._gradient_norm))

    def _update_best(self) -> None:
        """Do nothing: validation chooses the best weights."""

    def _update_weights(self) -> None:
        """One step of the optimizer, and of the moving mean, which is faster in the beginning."""
        self._failed_steps = 0
        super()._update_weights()
        count = len(self.losses)
        with torch.no_grad():
            for mean, value in zip(self.ema.parameters(), self.model.parameters(), strict=True):
                mean.lerp_(value, 1 - min(EMA_DECAY, (1 + count) / (10 + count)))

    def _learning_rate(self, full: float) -> float:
        return full * self._decay() * self._warmup()

    def _recover(self) -> None:
        """Skip the step."""
        self._failed_steps += 1
        if self._failed_steps > MAX_FAILED_STEPS:
            raise ArithmeticError("learning diverged: try a smaller step size")
