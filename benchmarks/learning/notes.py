"""Six plucked notes, learned and held against their recordings, beside a sampler and additive synthesis.

    LUTHIER_DATA=DATA python -m benchmarks.learning.notes [--json]

DATA/guitar holds recordings such as guitar_E4_very-long_forte_normal.mp3. Of each note: how far the pitch is off, how
far T60 of its five strongest partials, and the log-spectral distance. T60 is that of a line through the level of a
partial while the recording's stands 10 dB above its noise. The sampler plays the recording of a key beside it;
additive synthesis has harmonics with levels at a few moments, as many numbers as the modes, and no attack.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from benchmarks.support.measurement import Measurement, print_measurements
from engine.pitch_names import frequency_of
from train import recording
from train.notes import note, onset, pitch

KEYS = {"E2": "F2", "A2": "Gs2", "A3": "Gs3", "E4": "Ds4", "A4": "Gs4", "E5": "Ds5"}  # and a neighbour of each
RATE = 44_100
MODES, NUMBERS = 64, 4  # numbers of a mode: frequency, decay, amplitude, phase
HARMONICS, STRONGEST = 16, 5
CENTS, SLACK, CLEAR = 5.0, 20.0, 10.0  # goals: cents, percent; dB above the noise
WINDOW, HOP = 0.06, 0.005  # seconds
FRAME = 2048  # samples, of the spectra that are compared


@dataclass(frozen=True)
class Partials:
    """Levels in dB (K, T) of the partials of a note every HOP seconds, and of the noise in their bands (K,)."""

    level: np.ndarray
    noise: np.ndarray


def measure() -> list[Measurement]:
    """All rows of the six notes; ValueError if nothing says where their recordings are."""
    if not os.environ.get("LUTHIER_DATA"):
        raise ValueError("LUTHIER_DATA does not say where the recordings are")
    folder = Path(os.environ["LUTHIER_DATA"]) / "guitar"
    return [row for name, near in KEYS.items() for row in _rows(folder, name, near)]


def measure_t60(partials: Partials, heard: Partials) -> np.ndarray:
    """Seconds (K,) in which partials fall by 60 dB, while those that are `heard` in the recording are clear."""
    times = np.arange(partials.level.shape[1]) * HOP
    found = np.full(len(partials.level), np.nan)
    for k, clear in enumerate(_clear(heard)):
        if clear > 10:
            slope = np.polyfit(times[:clear], partials.level[k, :clear], 1)[0]
            found[k] = -60 / slope if slope < 0 else np.inf
    return found


def analyze_partials(sound: np.ndarray, rate: float, tone: pitch.Pitch, noise: np.ndarray) -> Partials:
    """The partials of a note (T,) that begins at once; noise: (N,) its density from 0 to rate / 2."""
    k = np.arange(1, min(HARMONICS, int(0.45 * rate / tone.frequency)) + 1)
    frequency = k * tone.frequency * np.sqrt(1 + tone.stretch * k**2)
    window = np.hanning(int(WINDOW * rate))
    window /= window.sum()
    rows = np.lib.stride_tricks.sliding_window_view(sound, len(window))[:: int(HOP * rate)] * window
    turns = np.exp(-2j * np.pi * frequency[:, None] / rate * np.arange(len(window)))
    power = np.abs(2 * rows @ turns.T).T ** 2
    density = np.interp(frequency / (rate / 2), np.linspace(0, 1, len(noise)), noise)
    return Partials(_decibels(power), _decibels(4 * density * (window**2).sum()))


def spectral_distance(sound: np.ndarray, other: np.ndarray, noise: np.ndarray) -> float:
    """Log-spectral distance in dB of sounds (T,): over frequency the root mean square, over time the mean.

    What is softer than the recording's noise, a density (N,), is as good as that.
    """
    window = np.hanning(FRAME)
    floor = np.interp(np.linspace(0, 1, FRAME // 2 + 1), np.linspace(0, 1, len(noise)), noise) * (window**2).sum()
    levels = [_decibels(np.maximum(_spectra(x, window), floor)) for x in (sound, other)]
    return float(np.sqrt(((levels[0] - levels[1]) ** 2).mean(1)).mean())


def render_sampler(folder: Path, near: str, tone: float, frames: int) -> np.ndarray:
    """What a sampler plays (frames,) that has only a neighbour: its recording, sped up or slowed to a pitch in Hz."""
    sound, _, own = _heard(folder, near)
    return _fitted(soxr.resample(sound, RATE * tone / own.frequency, RATE, "HQ"), frames)


def render_additive(partials: Partials, tone: pitch.Pitch, frames: int) -> np.ndarray:
    """Additive synthesis (frames,) of harmonics from their levels at a few moments, as many numbers as MODES have."""
    count = len(partials.level)
    moments = np.unique(np.geomspace(1, partials.level.shape[1], MODES * NUMBERS // count).astype(int) - 1)
    time, out = np.arange(frames) / RATE, np.zeros(frames)
    for k, level in enumerate(partials.level[:, moments], 1):
        gain = np.interp(time, moments * HOP + WINDOW / 2, 10 ** (level / 20))
        out += gain * np.sin(2 * np.pi * k * tone.frequency * np.sqrt(1 + tone.stretch * k**2) * time)
    return out


def _rows(folder: Path, name: str, near: str) -> list[Measurement]:
    samples, _ = recording.load(folder / f"guitar_{name}_very-long_forte_normal.mp3", RATE)
    sound, noise, told = _heard(folder, name)
    learned = note.fit(samples, RATE, MODES, _named(name))
    ours = note.render(learned, len(sound))
    heard, rendered = pitch.detect(sound, RATE), pitch.detect(ours, RATE)
    theirs, mine = (analyze_partials(x, RATE, told, noise) for x in (sound, ours))
    strongest = np.argsort(-(10 ** (theirs.level / 10)).sum(1))[:STRONGEST]
    ratio = (measure_t60(mine, theirs) / measure_t60(theirs, theirs))[strongest]
    off = 100 * np.abs(ratio - 1)
    others = render_sampler(folder, near, told.frequency, len(sound)), render_additive(theirs, told, len(sound))
    cents = [1200 * np.log2(pitch.detect(ours, RATE, told.frequency).frequency / told.frequency)]
    cents.append(1200 * np.log2(rendered.frequency / heard.frequency))
    return [
        Measurement(f"{name}: pitch off, told the note", abs(cents[0]), "cents", CENTS, goal_is_most=True),
        Measurement(f"{name}: pitch off, not told it", abs(cents[1]), "cents", CENTS, goal_is_most=True),
        *(
            Measurement(f"{name}: T60 of partial {k + 1} off", value, "%", SLACK, goal_is_most=True)
            for k, value in zip(strongest, off, strict=True)
        ),
        Measurement(f"{name}: log-spectral distance", spectral_distance(ours, sound, noise), "dB"),
        Measurement(f"{name}: the same of a sampler", spectral_distance(others[0], sound, noise), "dB"),
        Measurement(f"{name}: the same of additive synthesis", spectral_distance(others[1], sound, noise), "dB"),
    ]


def _heard(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray, pitch.Pitch]:
    """The note of a key in one channel (T,), the density of its noise, and its pitch."""
    samples, _ = recording.load(folder / f"guitar_{name}_very-long_forte_normal.mp3", RATE)
    mono = samples.mean(axis=0).astype(np.float64)
    span = onset.find_span(mono, RATE)
    sound = mono[span.onset : span.end]
    return sound, span.noise, pitch.detect(sound, RATE, _named(name))


def _named(name: str) -> float:
    """Hz of a key by its name."""
    key = pitch.key_in_name(f"guitar_{name}_")
    return frequency_of(key or 0)


def _clear(heard: Partials) -> np.ndarray:
    """(K,) for how many hops each partial stays clear of the noise; beats of 0.4 s are bridged."""
    counts = []
    for level, noise in zip(heard.level, heard.noise, strict=True):
        above = np.flatnonzero(level > noise + CLEAR)
        ends = np.flatnonzero(np.diff(above) > 0.4 / HOP)
        counts.append(int(above[ends[0] if len(ends) else -1]) + 1 if len(above) else 0)
    return np.array(counts)


def _spectra(sound: np.ndarray, window: np.ndarray) -> np.ndarray:
    """Power (T, F) of a sound."""
    rows = np.lib.stride_tricks.sliding_window_view(sound, len(window))[:: len(window) // 4]
    return np.asarray(np.abs(np.fft.rfft(rows * window)) ** 2)


def _decibels(power: np.ndarray) -> np.ndarray:
    return np.asarray(10 * np.log10(power + 1e-20))


def _fitted(sound: np.ndarray, frames: int) -> np.ndarray:
    return np.pad(sound, (0, max(frames - len(sound), 0)))[:frames]


if __name__ == "__main__":
    print_measurements(measure())
