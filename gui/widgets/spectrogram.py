"""Two sounds seen one above the other: what was recorded, and how far the instrument has come."""

from pathlib import Path

import numpy as np
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from gui import theme

WINDOW, HOP = 2048, 512  # samples
MIN_FREQUENCY = 50.0  # Hz
BANDS = 96
DYNAMIC_RANGE_DB = 70.0  # dB below the loudest
MAX_SECONDS = 12.0  # seconds


def read_spectrogram(path: Path, seconds: float = MAX_SECONDS) -> np.ndarray:
    """A sound file as (BANDS, T) of 0..1: 70 dB below its loudest moment to that, the lowest band first."""
    import soundfile

    samples, rate = soundfile.read(path, frames=round(seconds * 48000), dtype="float32", always_2d=True)
    mono = np.pad(samples.mean(axis=1)[: round(seconds * rate)], (0, WINDOW))
    frames = np.lib.stride_tricks.sliding_window_view(mono, WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW).astype(np.float32), axis=1)) ** 2
    edges = np.geomspace(MIN_FREQUENCY, 0.48 * rate, BANDS + 1) * WINDOW / rate
    whole = np.concatenate([np.zeros((len(power), 1)), np.cumsum(power, axis=1)], axis=1)
    places = np.minimum(np.maximum(edges.round().astype(int), np.arange(BANDS + 1) + 1), whole.shape[1] - 1)
    bands = np.maximum(whole[:, places[1:]] - whole[:, places[:-1]], 1e-12).T
    levels = 10 * np.log10(bands)
    return np.clip(1 + (levels - levels.max()) / DYNAMIC_RANGE_DB, 0, 1)


class SpectrogramPair(QWidget):
    """The recording above, what is learned of it below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: list[QImage | None] = [None, None]
        self._words = (self.tr("recording"), self.tr("learned so far"))
        self.setAccessibleName(self.tr("Spectrograms of the recording and of what is learned so far"))
        self.hide()

    def clear(self) -> None:
        """Show nothing."""
        self._pictures = [None, None]
        self.hide()

    def set_target(self, path: Path) -> None:
        """Show what is learned from."""
        self._set(0, path)

    def set_learned(self, path: Path) -> None:
        """Show how far it is."""
        self._set(1, path)
        self.show()

    def sizeHint(self) -> QSize:
        """Two strips."""
        return QSize(480, 150)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The stronger the more of the accent."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        height = (self.height() - theme.GAP) / 2
        for i, (picture, words) in enumerate(zip(self._pictures, self._words, strict=True)):
            strip = QRectF(0, i * (height + theme.GAP), self.width(), height)
            painter.fillRect(strip, theme.colour(theme.STAGE))
            if picture is not None:
                painter.drawImage(strip, picture)
            painter.setPen(theme.colour(theme.TEXT))
            inside = strip.adjusted(6, 4, -6, -4)
            painter.drawText(inside, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight), words)

    def _set(self, place: int, path: Path) -> None:
        """A picture that cannot be had is left as it was."""
        try:
            found = read_spectrogram(path)
        except (RuntimeError, OSError, ValueError):
            return
        self._pictures[place] = _image(found)
        self.update()


def _image(values: np.ndarray) -> QImage:
    """Values (BANDS, T) of 0..1 as shades from the stage's colour to the accent's."""
    ends = [theme.colour(role).getRgb()[:3] for role in (theme.STAGE, theme.ACCENT)]
    shades = np.array(ends[0]) + values[::-1, :, None] * (np.array(ends[1]) - np.array(ends[0]))
    pixels = np.ascontiguousarray(np.concatenate([shades, np.full((*values.shape, 1), 255)], axis=2), np.uint8)
    image = QImage(pixels.tobytes(), values.shape[1], BANDS, 4 * values.shape[1], QImage.Format.Format_RGBA8888)
    return image.copy()
