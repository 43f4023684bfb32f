"""A sound on the page: encoded, with its outline and its spectrogram, nothing of it outside the page."""

import base64
import io
from dataclasses import dataclass
from itertools import pairwise

import matplotlib
import numpy as np
import soundfile
from PIL import Image

RATE = 48_000  # Hz of every sound on a page
DEFAULT_SECONDS = 12.0  # seconds that a sound lasts, if nothing learned says more
HOP = 0.01  # seconds between two looks at a recording
FADE = 0.03  # seconds in which a part of something longer ends
LEVEL = -20.0  # dBFS, root of the mean square: all are equally loud
PEAK = 0.9  # of full scale, at most
POINTS = 480  # of an outline
WIDE, HIGH = 960, 220  # pixels of a spectrogram
LOWEST, HIGHEST = 50.0, 16_000.0  # Hz that it shows
MARKS = (100, 1_000, 10_000)  # Hz that are named beside it
RANGE = 75.0  # dB from its loudest to black
WINDOW = 4096  # samples


@dataclass(frozen=True)
class ReportOptions:
    """What a page shall be made with.

    recording: (2, T) at RATE, what the instrument is held against. seconds: how long a sound may be that has no end
    of its own. seed: decides what is random.
    """

    recording: np.ndarray | None = None
    seconds: float = DEFAULT_SECONDS
    seed: int = 0


@dataclass(frozen=True)
class Clip:
    """Name, words that say what it is, and the sound (2, T) at RATE."""

    name: str
    words: str
    sound: np.ndarray

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.sound.shape[1] / RATE


def recording_clip(sound: np.ndarray) -> Clip:
    """The track of a recording (2, T)."""
    return Clip("The recording", "What the instrument was learned from, or is held against.", sound)


def fade_out(sound: np.ndarray) -> np.ndarray:
    """A part (2, T) of something longer, without a click at its end."""
    left = sound.shape[1] - np.arange(sound.shape[1])
    return np.asarray(sound * np.minimum(left / (FADE * RATE), 1), np.float32)


def normalize(sound: np.ndarray) -> np.ndarray:
    """A sound (2, T) as loud as all on the page."""
    size = float(np.sqrt((sound.astype(np.float64) ** 2).mean())) + 1e-9
    gain = min(10 ** (LEVEL / 20) / size, PEAK / (float(np.abs(sound).max(initial=0)) + 1e-9))
    return (gain * sound).astype(np.float32)


def encode(sound: np.ndarray) -> str:
    """A sound (2, T) as a data address: MP3, which every browser plays."""
    file = io.BytesIO()
    soundfile.write(file, sound.T, RATE, format="MP3", subtype="MPEG_LAYER_III", compression_level=0.3)
    return _address("audio/mpeg", file.getvalue())


def outline(sound: np.ndarray) -> str:
    """The outline of a sound (2, T) as an SVG path in a box of POINTS × 100."""
    middle = sound.mean(axis=0)
    edges = np.linspace(0, len(middle), POINTS + 1).astype(int)
    parts = [middle[a : max(b, a + 1)] for a, b in pairwise(edges)]
    largest = max(float(np.abs(middle).max(initial=0)), 1e-9)
    tops, bottoms = (
        [50 - 48 * float(found(part)) / largest for part in parts] for found in (np.max, np.min)
    )  # an SVG counts downwards
    there = " ".join(f"{x} {y:.1f}" for x, y in enumerate(tops))
    back = " ".join(f"{x} {y:.1f}" for x, y in reversed(list(enumerate(bottoms))))
    return f"M{there} {back}Z"


def spectrogram(sound: np.ndarray) -> str:
    """A picture of a sound (2, T) over time and pitch, as a data address."""
    level = levels(sound.mean(axis=0))
    top = float(level.max())
    shade = np.clip((level - top + RANGE) / RANGE, 0, 1)
    colours = matplotlib.colormaps["inferno"](shade[::-1], bytes=True)[..., :3]
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(colours)).save(file, "WEBP", quality=82, method=4)
    return _address("image/webp", file.getvalue())


def levels(sound: np.ndarray) -> np.ndarray:
    """Levels in dB of a sound (T,): (HIGH, WIDE), upwards from LOWEST to HIGHEST, from its beginning to its end."""
    whole = np.pad(np.asarray(sound, np.float64), (WINDOW // 2, WINDOW))
    starts = np.linspace(0, max(len(sound) - 1, 0), WIDE).astype(int)
    windows = whole[starts[:, None] + np.arange(WINDOW)] * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(windows, axis=1)) ** 2
    bins = np.geomspace(LOWEST, HIGHEST, HIGH) * WINDOW / RATE
    first = np.minimum(bins.astype(int), power.shape[1] - 2)
    between = bins - first
    rows = power[:, first] * (1 - between) + power[:, first + 1] * between
    return np.asarray(10 * np.log10(rows.T + 1e-12))


def frequency_marks() -> list[tuple[str, float]]:
    """Names of frequencies and where they lie, in percent from the top of a spectrogram."""
    reach = np.log(HIGHEST / LOWEST)
    return [
        (f"{hertz // 1000} kHz" if hertz >= 1000 else f"{hertz} Hz", float(100 * np.log(HIGHEST / hertz) / reach))
        for hertz in MARKS
    ]


def _address(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
