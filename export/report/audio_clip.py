"""An audio clip of the report: encoded sound, waveform and spectrogram, embedded in the page."""

import base64
import io
from dataclasses import dataclass
from itertools import pairwise

import matplotlib
import numpy as np
import soundfile
from PIL import Image

from export.likeness.distance import RATE

DEFAULT_SECONDS = 12.0  # length of sounds without a length of their own
LEVEL_DBFS = -20.0  # dBFS RMS to which all clips are normalized
MAX_PEAK = 0.9  # maximum, relative to full scale
WAVEFORM_POINTS = 480  # of a waveform
WIDTH, HEIGHT = 960, 220  # size of a spectrogram in pixels
MIN_HZ, MAX_HZ = 50.0, 16_000.0  # frequency range of a spectrogram
MARKS_HZ = (100, 1_000, 10_000)  # Hz, labels beside a spectrogram
RANGE_DB = 75.0  # dB from the maximum to black
WINDOW = 4096  # samples


@dataclass(frozen=True)
class ReportOptions:
    """Options of a report.

    recording: (2, T) at RATE, to compare the instrument with. seconds: length of sounds that have none of their own.
    seed: of all that is random.
    """

    recording: np.ndarray | None = None
    seconds: float = DEFAULT_SECONDS
    seed: int = 0


@dataclass(frozen=True)
class Clip:
    """Name, description and sound (2, T) at RATE.

    is_compared: whether it is the recording or the instrument's answer to it, which share one axis of time.
    """

    name: str
    description: str
    sound: np.ndarray
    is_compared: bool = False

    @property
    def seconds(self) -> float:
        """Duration."""
        return self.sound.shape[1] / RATE


def recording_clip(sound: np.ndarray) -> Clip:
    """Clip of a recording (2, T)."""
    return Clip("The recording", "What the instrument was learned from, or is compared with.", sound, True)


def normalize(sound: np.ndarray) -> np.ndarray:
    """Bring a sound (2, T) to the level of all clips."""
    rms = float(np.sqrt((sound.astype(np.float64) ** 2).mean())) + 1e-9
    gain = min(10 ** (LEVEL_DBFS / 20) / rms, MAX_PEAK / (float(np.abs(sound).max(initial=0)) + 1e-9))
    return (gain * sound).astype(np.float32)


def lengthened(sound: np.ndarray, seconds: float) -> np.ndarray:
    """A sound (2, T) followed by silence up to a length."""
    return np.pad(sound, ((0, 0), (0, max(round(seconds * RATE) - sound.shape[1], 0))))


def encode(sound: np.ndarray) -> str:
    """Encode a sound (2, T) as a data URL: MP3, which every browser plays."""
    file = io.BytesIO()
    soundfile.write(file, sound.T, RATE, format="MP3", subtype="MPEG_LAYER_III", compression_level=0.3)
    return _data_url("audio/mpeg", file.getvalue())


def outline(sound: np.ndarray) -> str:
    """Waveform of a sound (2, T) as an SVG path in a box of WAVEFORM_POINTS × 100."""
    middle = sound.mean(axis=0)
    edges = np.linspace(0, len(middle), WAVEFORM_POINTS + 1).astype(int)
    parts = [middle[a : max(b, a + 1)] for a, b in pairwise(edges)]
    largest = max(float(np.abs(middle).max(initial=0)), 1e-9)
    tops, bottoms = (
        [50 - 48 * float(found(part)) / largest for part in parts] for found in (np.max, np.min)
    )  # an SVG counts downwards
    upper = " ".join(f"{x} {y:.1f}" for x, y in enumerate(tops))
    lower = " ".join(f"{x} {y:.1f}" for x, y in reversed(list(enumerate(bottoms))))
    return f"M{upper} {lower}Z"


def spectrogram(sound: np.ndarray) -> str:
    """Spectrogram of a sound (2, T) on a logarithmic frequency axis, as a data URL."""
    level = levels(sound.mean(axis=0))
    top = float(level.max())
    shade = np.clip((level - top + RANGE_DB) / RANGE_DB, 0, 1)
    colours = matplotlib.colormaps["inferno"](shade[::-1], bytes=True)[..., :3]
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(colours)).save(file, "WEBP", quality=82, method=4)
    return _data_url("image/webp", file.getvalue())


def levels(sound: np.ndarray) -> np.ndarray:
    """Levels in dB of a sound (T,): (HEIGHT, WIDTH), from MIN_HZ up to MAX_HZ."""
    whole = np.pad(np.asarray(sound, np.float64), (WINDOW // 2, WINDOW))
    starts = np.linspace(0, max(len(sound) - 1, 0), WIDTH).astype(int)
    windows = whole[starts[:, None] + np.arange(WINDOW)] * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(windows, axis=1)) ** 2
    bins = np.geomspace(MIN_HZ, MAX_HZ, HEIGHT) * WINDOW / RATE
    first = np.minimum(bins.astype(int), power.shape[1] - 2)
    between = bins - first
    rows = power[:, first] * (1 - between) + power[:, first + 1] * between
    return np.asarray(10 * np.log10(rows.T + 1e-12))


def frequency_marks() -> list[tuple[str, float]]:
    """Labels of frequencies with their positions, in percent from the top of a spectrogram."""
    octaves = np.log(MAX_HZ / MIN_HZ)
    return [
        (f"{hertz // 1000} kHz" if hertz >= 1000 else f"{hertz} Hz", float(100 * np.log(MAX_HZ / hertz) / octaves))
        for hertz in MARKS_HZ
    ]


def _data_url(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
