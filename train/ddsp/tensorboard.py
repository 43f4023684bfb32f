"""What a run writes down for TensorBoard: losses, and with every test how it sounds and looks."""

from pathlib import Path
from types import TracebackType

import torch
from torch import Tensor

from .segments import Passage
from .spectral_loss import spectrum
from .trainer import Run

OFTEN = 20  # steps between two entries of the loss
HEARD = 10.0  # seconds of a sound that are kept
WINDOW = 1024  # samples, of the picture
DEPTH = 80.0  # dB from white to black


class Diary:
    """Entries in a folder; only the first of several processes makes them."""

    def __init__(self, folder: Path, run: Run, voice: Passage | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._run, self._voice = folder, run, voice
        self._known: list[tuple[str, Passage]] = []

    def __enter__(self) -> "Diary":
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(self._folder)) if self._run.fabric.global_rank == 0 else None
        frames = round(HEARD * self._run.config.sizes.rate / self._run.config.sizes.hop)
        for name, passages in (("kept", self._run.corpus.kept), ("learned", self._run.corpus.learned)):
            if passages:
                self._known.append((name, passages[0].cut(0, min(frames, passages[0].frames))))
        if self._voice is not None:
            self._known.append(("voice", self._voice.cut(0, min(frames, self._voice.frames))))
        if self._writer:
            for name, passage in self._known:
                self._sound(f"{name}/recording", passage.sound)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer:
            self._writer.close()

    def step(self) -> None:
        """The loss and the step size, now and then."""
        count = len(self._run.losses)
        if self._writer and count % OFTEN == 0:
            self._writer.add_scalar("loss/learned", sum(self._run.losses[-OFTEN:]) / OFTEN, count)
            self._writer.add_scalar("step size", self._run.optimizer.param_groups[0]["lr"], count)

    def test(self) -> None:
        """The loss in the test, what the model sounds like, and its spectrum below the recording's."""
        if not self._writer:
            return
        count, loss = self._run.tests[-1]
        self._writer.add_scalar("loss/kept" if self._run.corpus.kept else "loss/tested", loss, count)
        for name, passage in self._known:
            made = self._run.sound(passage).cpu()
            self._sound(f"{name}/model", made, count)
            pair = torch.cat([_picture(passage.sound), _picture(made)])
            self._writer.add_image(f"{name}/recording above model", pair, count, dataformats="HW")

    def _sound(self, name: str, sound: Tensor, count: int = 0) -> None:
        assert self._writer
        loud = sound / sound.abs().max().clamp(min=1e-3)
        self._writer.add_audio(name, loud[None], count, self._run.config.sizes.rate)


def _picture(sound: Tensor) -> Tensor:
    """Levels of a spectrogram from 0 to 1, low frequencies at the bottom: (bins, frames)."""
    level = 20 * torch.log10(spectrum(sound[None], WINDOW)[0].abs() + 1e-7)
    return ((level - level.max()) / DEPTH + 1).clamp(0, 1).t().flip(0)
