"""Two spectrograms, one above the other: a recording and what is learned of it so far."""

from pathlib import Path

import numpy as np
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from gui import theme

WINDOW_SIZE, HOP_SIZE = 2048, 512  # samples
MIN_FREQUENCY, MAX_FREQUENCY = 50.0, 16_000.0  # Hz
BANDS = 96
DYNAMIC_RANGE_DB = 70.0
MAX_SECONDS = 12.0
MIN_HEIGHT = 120  # pixels of both


def read_spectrogram(path: Path, seconds: float = MAX_SECONDS) -> tuple[np.ndarray, float]:
    """Spectrogram of a sound file, and its length in seconds.

    (BANDS, T) in 0..1, from 70 dB below its maximum to that; from MIN_FREQUENCY to MAX_FREQUENCY, whatever its rate.
    """
    from engine.sound_file import reader

    sound = reader.read(path, seconds=seconds)
    mono, rate = np.pad(sound.samples.mean(axis=0), (0, WINDOW_SIZE)), sound.rate
    frames = np.lib.stride_tricks.sliding_window_view(mono, WINDOW_SIZE)[::HOP_SIZE]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW_SIZE).astype(np.float32), axis=1)) ** 2
    edges = np.geomspace(MIN_FREQUENCY, MAX_FREQUENCY, BANDS + 1) * WINDOW_SIZE / rate
    sums = np.concatenate([np.zeros((len(power), 1)), np.cumsum(power, axis=1)], axis=1)
    first = edges[:-1].astype(int)  # a band narrower than a bin shows the bin that it lies in
    bins = np.minimum(np.stack([first, np.maximum(edges[1:].astype(int), first + 1)]), sums.shape[1] - 1)
    bands = np.maximum(sums[:, bins[1]] - sums[:, bins[0]], 1e-12).T
    levels = 10 * np.log10(bands)
    return np.clip(1 + (levels - levels.max()) / DYNAMIC_RANGE_DB, 0, 1), sound.seconds


class SpectrogramComparison(QWidget):
    """The recording above, what is learned so far below, on one axis of time and one of frequency."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: list[QImage | None] = [None, None]
        self.seconds = [0.0, 0.0]  # that each lasts
        self.setMinimumHeight(MIN_HEIGHT)
        self._texts = (self.tr("recording"), self.tr("learned so far"))
        self.setAccessibleName(self.tr("Spectrograms of the recording and of what is learned so far"))
        self.hide()

    def clear(self) -> None:
        """Remove both and hide."""
        self._images, self.seconds = [None, None], [0.0, 0.0]
        self.hide()

    def set_target(self, path: Path) -> None:
        """Show the recording."""
        self._set(0, path)

    def set_learned(self, path: Path) -> None:
        """Show what is learned so far."""
        self._set(1, path)
        self.show()

    def widths(self) -> list[float]:
        """The shares of the width that the two take, 0..1: the longer one takes all of it."""
        return [seconds / max(*self.seconds, 1e-3) for seconds in self.seconds]

    def sizeHint(self) -> QSize:
        """Two low strips."""
        return QSize(480, 150)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint both images and their captions."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        height = (self.height() - theme.GAP) / 2
        for i, (image, text, share) in enumerate(zip(self._images, self._texts, self.widths(), strict=True)):
            strip = QRectF(0, i * (height + theme.GAP), self.width(), height)
            painter.fillRect(strip, theme.colour(theme.VIEW_BACKGROUND))
            if image is not None:
                painter.drawImage(QRectF(0, strip.top(), share * strip.width(), height), image)
            painter.setPen(theme.colour(theme.TEXT))
            inside = strip.adjusted(6, 4, -6, -4)
            painter.drawText(inside, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight), text)

    def _set(self, index: int, path: Path) -> None:
        """Set an image; a file that cannot be read leaves it as it was."""
        try:
            values, self.seconds[index] = read_spectrogram(path)
        except (RuntimeError, OSError, ValueError):
            return
        self._images[index] = _image(values)
        self.update()


def _image(values: np.ndarray) -> QImage:
    """Values (BANDS, T) in 0..1 as shades from the background to the accent colour."""
    ends = [theme.colour(role).getRgb()[:3] for role in (theme.VIEW_BACKGROUND, theme.ACCENT)]
    shades = np.array(ends[0]) + values[::-1, :, None] * (np.array(ends[1]) - np.array(ends[0]))
    pixels = np.ascontiguousarray(np.concatenate([shades, np.full((*values.shape, 1), 255)], axis=2), np.uint8)
    image = QImage(pixels.tobytes(), values.shape[1], BANDS, 4 * values.shape[1], QImage.Format.Format_RGBA8888)
    return image.copy()
