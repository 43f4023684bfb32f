"""The log of a run for TensorBoard: losses, and with every validation sounds and their spectrograms."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import torch
from torch import Tensor

from .config import Sizes
from .dataset import Dataset
from .loss import spectrum
from .random_clips import Segment

STEPS_PER_ENTRY = 20  # of the loss
MAX_SOUND_SECONDS = 10.0
SPECTROGRAM_WINDOW = 1024  # samples
SPECTROGRAM_RANGE_DB = 80.0  # from white to black


class TensorBoardLog:
    """Entries in a folder; only the first of several processes writes them.

    voice: a segment that is rendered beside one of validation and one of training.
    """

    def __init__(
        self, folder: Path, sizes: Sizes, dataset: Dataset, voice: Segment | None = None, is_first: bool = True
    ) -> None:
        self._folder, self._rate, self._is_first = folder, sizes.rate, is_first
        self._validated = "loss/kept" if dataset.validation else "loss/tested"
        voices = [] if voice is None else [voice]
        segments = [("kept", dataset.validation[:1]), ("learned", dataset.training[:1]), ("voice", voices)]
        frames = round(MAX_SOUND_SECONDS * sizes.rate / sizes.hop)
        self._segments = [(name, s.cut(0, min(frames, s.frames))) for name, part in segments for s in part]

    def __enter__(self) -> "TensorBoardLog":
        from torch.utils.tensorboard import SummaryWriter

        self._folder.mkdir(parents=True, exist_ok=True)
        self._writer = SummaryWriter(str(self._folder)) if self._is_first else None
        for name, segment in self._segments:
            self._add_sound(f"{name}/recording", segment.sound)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer:
            self._writer.close()

    def step(self, losses: list[float], learning_rate: float) -> None:
        """Write mean loss and learning rate, every STEPS_PER_ENTRY steps."""
        count = len(losses)
        if self._writer and count % STEPS_PER_ENTRY == 0:
            self._writer.add_scalar("loss/learned", sum(losses[-STEPS_PER_ENTRY:]) / STEPS_PER_ENTRY, count)
            self._writer.add_scalar("step size", learning_rate, count)

    def validation(self, step: int, loss: float, render: Callable[[Segment], Tensor]) -> None:
        """Write the validation loss, the sound of the model, and its spectrogram below the recording's."""
        if not self._writer:
            return
        self._writer.add_scalar(self._validated, loss, step)
        for name, segment in self._segments:
            sound = render(segment).cpu()
            self._add_sound(f"{name}/model", sound, step)
            pair = torch.cat([_spectrogram(segment.sound), _spectrogram(sound)])
            self._writer.add_image(f"{name}/recording above model", pair, step, dataformats="HW")

    def _add_sound(self, name: str, sound: Tensor, step: int = 0) -> None:
        if self._writer:
            scaled = sound / sound.abs().max().clamp(min=1e-3)
            self._writer.add_audio(name, scaled[None], step, self._rate)


def _spectrogram(sound: Tensor) -> Tensor:
    """Levels of a spectrogram from 0 to 1, low frequencies at the bottom: (bins, frames)."""
    level = 20 * torch.log10(spectrum(sound[None], SPECTROGRAM_WINDOW)[0].abs() + 1e-7)
    return ((level - level.max()) / SPECTROGRAM_RANGE_DB + 1).clamp(0, 1).t().flip(0)
