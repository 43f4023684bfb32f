"""Accuracy of six learned plucked notes against their recordings, beside a sampler and additive synthesis.

    LUTHIER_DATA=DATA python -m benchmarks.learning.note_accuracy [--json]

DATA/guitar holds recordings such as guitar_E4_very-long_forte_normal.mp3. For each note: error of the pitch, error of
T60 of its five strongest partials, and log-spectral distance. T60 is that of a line through the level of a partial
while the recording's is 10 dB above its noise. The sampler plays the recording of a neighbouring key; additive
synthesis has harmonics with levels at a few moments, as many numbers as the modes, and no attack.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from benchmarks.support.measurement import Measurement, print_measurements
from engine.pitch_and_frequency import cents_of, frequency_of
from train import recording
from train.note_names.name_reader import key_in_name
from train.notes import note, note_span, pitch

NEIGHBOURS = {"E2": "F2", "A2": "Gs2", "A3": "Gs3", "E4": "Ds4", "A4": "Gs4", "E5": "Ds5"}  # and a neighbour of each
RATE = 44_100
MODES, NUMBERS_PER_MODE = 64, 4  # per mode: frequency, decay, amplitude, phase
MAX_HARMONICS, COMPARED_PARTIALS = 16, 5
MAX_CENTS, MAX_T60_PERCENT, CLEAR_DB = 5.0, 20.0, 10.0  # goals: cents, percent; dB above the noise
WINDOW_SECONDS, HOP_SECONDS = 0.06, 0.005  # seconds
FRAME_SIZE = 2048  # samples of the spectra that are compared


@dataclass(frozen=True)
class Partials:
    """Levels in dB (K, T) of the partials of a note every HOP_SECONDS, and of the noise in their bands (K,)."""

    level: np.ndarray
    noise: np.ndarray


def measure() -> list[Measurement]:
    """Measure the six notes; ValueError if LUTHIER_DATA is not set."""
    if not os.environ.get("LUTHIER_DATA"):
        raise ValueError("LUTHIER_DATA does not say where the recordings are")
    folder = Path(os.environ["LUTHIER_DATA"]) / "guitar"
    return [row for name, neighbour in NEIGHBOURS.items() for row in _measurements(folder, name, neighbour)]


def measure_t60(partials: Partials, reference: Partials) -> np.ndarray:
    """T60 in seconds (K,) of partials, from the time while those of the `reference` recording are clear."""
    times = np.arange(partials.level.shape[1]) * HOP_SECONDS
    found = np.full(len(partials.level), np.nan)
    for k, clear in enumerate(_clear_hops(reference)):
        if clear > 10:
            slope = np.polyfit(times[:clear], partials.level[k, :clear], 1)[0]
            found[k] = -60 / slope if slope < 0 else np.inf
    return found


def analyze_partials(sound: np.ndarray, rate: float, tone: pitch.Pitch, noise: np.ndarray) -> Partials:
    """Partials of a note (T,) from its onset; noise: its density (N,) from 0 to rate / 2."""
    k = np.arange(1, min(MAX_HARMONICS, int(0.45 * rate / tone.frequency)) + 1)
    frequency = k * tone.frequency * np.sqrt(1 + tone.stretch * k**2)
    window = np.hanning(int(WINDOW_SECONDS * rate))
    window /= window.sum()
    rows = np.lib.stride_tricks.sliding_window_view(sound, len(window))[:: int(HOP_SECONDS * rate)] * window
    rotations = np.exp(-2j * np.pi * frequency[:, None] / rate * np.arange(len(window)))
    power = np.abs(2 * rows @ rotations.T).T ** 2
    density = np.interp(frequency / (rate / 2), np.linspace(0, 1, len(noise)), noise)
    return Partials(_decibels(power), _decibels(4 * density * (window**2).sum()))


def spectral_distance(sound: np.ndarray, other: np.ndarray, noise: np.ndarray) -> float:
    """Log-spectral distance in dB of sounds (T,): RMS over frequency, mean over time.

    Levels below the recording's noise, a density (N,), are raised to it.
    """
    window = np.hanning(FRAME_SIZE)
    floor = (
        np.interp(np.linspace(0, 1, FRAME_SIZE // 2 + 1), np.linspace(0, 1, len(noise)), noise) * (window**2).sum()
    )
    levels = [_decibels(np.maximum(_spectra(x, window), floor)) for x in (sound, other)]
    return float(np.sqrt(((levels[0] - levels[1]) ** 2).mean(1)).mean())


def render_sampler(folder: Path, neighbour: str, tone: float, frames: int) -> np.ndarray:
    """Output (frames,) of a sampler that has only a neighbour: its recording, resampled to a pitch in Hz."""
    sound, _, sample_pitch = _load_note(folder, neighbour)
    return _fit_length(soxr.resample(sound, RATE * tone / sample_pitch.frequency, RATE, "HQ"), frames)


def render_additive(partials: Partials, tone: pitch.Pitch, frames: int) -> np.ndarray:
    """Additive synthesis (frames,) of harmonics from levels at a few moments, as many numbers as MODES have."""
    count = len(partials.level)
    hops = np.unique(np.geomspace(1, partials.level.shape[1], MODES * NUMBERS_PER_MODE // count).astype(int) - 1)
    time, out = np.arange(frames) / RATE, np.zeros(frames)
    for k, level in enumerate(partials.level[:, hops], 1):
        gain = np.interp(time, hops * HOP_SECONDS + WINDOW_SECONDS / 2, 10 ** (level / 20))
        out += gain * np.sin(2 * np.pi * k * tone.frequency * np.sqrt(1 + tone.stretch * k**2) * time)
    return out


def _measurements(folder: Path, name: str, neighbour: str) -> list[Measurement]:
    """Measure a note."""
    samples, _ = recording.load(folder / f"guitar_{name}_very-long_forte_normal.mp3", RATE)
    sound, noise, named_pitch = _load_note(folder, name)
    learned = note.fit(samples, RATE, MODES, _frequency_of_name(name))
    rendered_sound = note.render(learned, len(sound))
    reference, rendered = pitch.detect(sound, RATE), pitch.detect(rendered_sound, RATE)
    recorded_partials, our_partials = (analyze_partials(x, RATE, named_pitch, noise) for x in (sound, rendered_sound))
    strongest = np.argsort(-(10 ** (recorded_partials.level / 10)).sum(1))[:COMPARED_PARTIALS]
    ratio = (measure_t60(our_partials, recorded_partials) / measure_t60(recorded_partials, recorded_partials))[
        strongest
    ]
    errors = 100 * np.abs(ratio - 1)
    others = (
        render_sampler(folder, neighbour, named_pitch.frequency, len(sound)),
        render_additive(recorded_partials, named_pitch, len(sound)),
    )
    cents = [cents_of(pitch.detect(rendered_sound, RATE, named_pitch.frequency).frequency / named_pitch.frequency)]
    cents.append(cents_of(rendered.frequency / reference.frequency))
    return [
        Measurement(f"{name}: pitch off, told the note", abs(cents[0]), "cents", MAX_CENTS, goal_is_max=True),
        Measurement(f"{name}: pitch off, not told it", abs(cents[1]), "cents", MAX_CENTS, goal_is_max=True),
        *(
            Measurement(f"{name}: T60 of partial {k + 1} off", value, "%", MAX_T60_PERCENT, goal_is_max=True)
            for k, value in zip(strongest, errors, strict=True)
        ),
        Measurement(f"{name}: log-spectral distance", spectral_distance(rendered_sound, sound, noise), "dB"),
        Measurement(f"{name}: the same of a sampler", spectral_distance(others[0], sound, noise), "dB"),
        Measurement(f"{name}: the same of additive synthesis", spectral_distance(others[1], sound, noise), "dB"),
    ]


def _load_note(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray, pitch.Pitch]:
    """The note of a key in one channel (T,), the density of its noise, and its pitch."""
    samples, _ = recording.load(folder / f"guitar_{name}_very-long_forte_normal.mp3", RATE)
    mono = samples.mean(axis=0).astype(np.float64)
    span = note_span.find_span(mono, RATE)
    sound = mono[span.onset : span.end]
    return sound, span.noise, pitch.detect(sound, RATE, _frequency_of_name(name))


def _frequency_of_name(name: str) -> float:
    """Frequency of a key by its name."""
    key = key_in_name(f"guitar_{name}_")
    return frequency_of(key or 0)


def _clear_hops(reference: Partials) -> np.ndarray:
    """Number of hops (K,) for which each partial stays clear of the noise; beats of 0.4 s are bridged."""
    counts = []
    for level, noise in zip(reference.level, reference.noise, strict=True):
        above = np.flatnonzero(level > noise + CLEAR_DB)
        ends = np.flatnonzero(np.diff(above) > 0.4 / HOP_SECONDS)
        counts.append(int(above[ends[0] if len(ends) else -1]) + 1 if len(above) else 0)
    return np.array(counts)


def _spectra(sound: np.ndarray, window: np.ndarray) -> np.ndarray:
    """Power (T, F) of a sound."""
    rows = np.lib.stride_tricks.sliding_window_view(sound, len(window))[:: len(window) // 4]
    return np.asarray(np.abs(np.fft.rfft(rows * window)) ** 2)


def _decibels(power: np.ndarray) -> np.ndarray:
    """Power in dB."""
    return np.asarray(10 * np.log10(power + 1e-20))


def _fit_length(sound: np.ndarray, frames: int) -> np.ndarray:
    """Cut or zero-pad a sound to a length."""
    return np.pad(sound, (0, max(frames - len(sound), 0)))[:frames]


if __name__ == "__main__":
    print_measurements(measure())
