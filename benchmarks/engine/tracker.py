"""Speed, accuracy and cost of the pitch tracker.

    LUTHIER_DATA=DATA python -m benchmarks.engine.tracker [--json]

Tones of 15 harmonics start in noise 20 dB below them; a tone is detected once its pitch is within 20 cents and stays
so. Recordings in DATA/voice, DATA/violin and DATA/notes are compared with SwiftF0, where that agrees with itself
20 ms earlier and later; one lag is removed per file. Moments without a pitch count as missed, not as wrong.
"""

import os
import time
from pathlib import Path

import numpy as np

from benchmarks.support.measurement import Measurement, print_measurements
from engine.pitch_and_frequency import cents_of
from engine.voice.offline_tracking import track_hops
from train import recording

from .swiftf0_reference import PitchCurve, compare, detect_swiftf0, reliable_part

RATE, BLOCK = 48_000, 64
ROUNDS = 7
TONES, MIN_HZ, MAX_HZ = 500, 82.41, 880.0  # tones, E2 … A5
HARMONICS, NOISE_DB, SILENCE_SECONDS, TONE_SECONDS = (
    15,
    -20.0,
    0.1,
    0.25,
)  # of a tone; noise in dB, time before it and of it
MAX_ERROR_CENTS = 20.0  # cents
MAX_PERIODS, MIN_SHARE_PERCENT, MAX_OCTAVE_PERCENT, MAX_COST_PERCENT = 2.2, 93.0, 1.0, 1.5  # goals: periods, percent
FOLDERS = ("voice", "violin", "notes")
LAG_SECONDS = np.arange(-0.01, 0.0301, 0.001)


def measure(trials: int = TONES) -> list[Measurement]:
    """Measure everything; recordings only where LUTHIER_DATA is set."""
    data = os.environ.get("LUTHIER_DATA")
    recordings = [row for folder in FOLDERS for row in measure_folder(Path(data) / folder)] if data else []
    return [*_onset_measurements(trials), *_cost_measurements(), *recordings]


def synthesize_tone(frequency: float, random: np.random.Generator) -> tuple[np.ndarray, int]:
    """A tone (T,) in noise that starts before it, and the frame at which it starts."""
    times, start = np.arange(round(TONE_SECONDS * RATE)) / RATE, round(SILENCE_SECONDS * RATE)
    wave = np.zeros(len(times))
    for k in range(1, HARMONICS + 1):
        phase = k * frequency * times + random.random()
        wave += np.exp(0.5 * random.normal()) / k * np.sin(2 * np.pi * phase)
    sound = random.normal(size=start + len(wave)) * 10 ** (NOISE_DB / 20)
    sound[start:] += wave / np.sqrt((wave**2).mean())
    return (0.1 * sound).astype(np.float32), start


def detection_delay(sound: np.ndarray, start: int, frequency: float) -> float:
    """Seconds from the start of a tone until its pitch is right, and stays so; infinite if it never is."""
    heard, _, (pitch, voiced, *_) = track_hops(sound, RATE)
    is_inside = (heard > start / RATE) & (heard <= len(sound) / RATE)
    cents = cents_of(np.maximum(pitch[is_inside], 1) / frequency)
    wrong_indices = np.flatnonzero(~((np.abs(cents) < MAX_ERROR_CENTS) & (voiced[is_inside] > 0)))
    first = wrong_indices[-1] + 1 if len(wrong_indices) else 0
    return float(heard[is_inside][first]) - start / RATE if first < is_inside.sum() else np.inf


def measure_folder(folder: Path) -> list[Measurement]:
    """Agreement with SwiftF0 on the recordings of a folder, by file and together."""
    found = []
    for path in sorted(path for path in folder.iterdir() if path.suffix in (".wav", ".ogg", ".mp3")):
        samples, rate = recording.load(path)
        sound = samples.mean(axis=0)
        heard, _, (pitch, voiced, lag, *_) = track_hops(sound, rate)
        tracked = PitchCurve(np.maximum.accumulate(heard - lag), pitch, voiced > 0)
        found.append((path.stem, compare(reliable_part(detect_swiftf0(sound, int(rate))), tracked, lags=LAG_SECONDS)))
    all_cents = np.concatenate([agreed.cents for _, agreed in found])
    octaves = 100 * float((np.abs(np.abs(all_cents) - 1200) < 100).mean())
    rows = [
        Measurement(f"{folder.name}/{name}: within 50 cents of SwiftF0", agreed.within_50_cents, "%")
        for name, agreed in found
    ]
    return [
        *rows,
        Measurement(
            f"{folder.name}/: within 50 cents of SwiftF0",
            100 * float((np.abs(all_cents) < 50).mean()),
            "%",
            MIN_SHARE_PERCENT,
        ),
        Measurement(f"{folder.name}/: an octave away", octaves, "%", MAX_OCTAVE_PERCENT, goal_is_max=True),
        Measurement(f"{folder.name}/: missed", 100 * float(np.mean([agreed.missed for _, agreed in found])), "%"),
    ]


def _onset_measurements(trials: int) -> list[Measurement]:
    """Delay of the detection of tones."""
    random = np.random.default_rng(1)
    frequencies = MIN_HZ * 2 ** random.uniform(0, np.log2(MAX_HZ / MIN_HZ), trials)
    delays = np.array([detection_delay(*synthesize_tone(f, random), f) for f in frequencies])
    periods = (delays - BLOCK / RATE) * frequencies
    return [
        Measurement(
            f"{trials} tones: known after, beyond a block, median",
            float(np.median(periods)),
            "periods",
            MAX_PERIODS,
            True,
        ),
        Measurement("the same, 95 of 100", float(np.percentile(periods, 95)), "periods"),
        Measurement("the same, median", 1000 * float(np.median(delays)), "ms"),
        Measurement("tones that are never known", float(np.isinf(delays).sum()), "", 0, True),
    ]


def _cost_measurements() -> list[Measurement]:
    """Cost of tracking on one core, with an analysis every 64 frames."""
    random = np.random.default_rng(0)
    sound = np.concatenate([synthesize_tone(f, random)[0] for f in (100.0, 200.0, 400.0, 800.0) for _ in range(12)])
    track_hops(sound, RATE)
    shares = []
    for _ in range(ROUNDS):
        start = time.thread_time()
        track_hops(sound, RATE)
        shares.append((time.thread_time() - start) * RATE / len(sound))
    return [
        Measurement("following, of one core", 100 * float(np.median(shares)), "%", MAX_COST_PERCENT, goal_is_max=True)
    ]


if __name__ == "__main__":
    print_measurements(measure())
