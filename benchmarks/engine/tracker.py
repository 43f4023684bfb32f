"""How soon, how rightly and at what cost the tracker follows.

    LUTHIER_DATA=DATA python -m benchmarks.engine.tracker [--json]

Tones of 15 harmonics begin in noise 20 dB below them; a tone is known once its pitch is within 20 cents and stays so.
Recordings in DATA/voice, DATA/violin and DATA/notes are followed beside SwiftF0, where that agrees with itself 20 ms
earlier and later; one lag is taken off each file. Where the tracker has no pitch counts as missed, not as wrong.
"""

import os
import time
from pathlib import Path

import numpy as np

from benchmarks.support.measurement import Measurement, print_measurements
from engine.voice.offline_tracking import track_hops
from train import recording

from .reference_pitch import PitchCurve, compare, detect_swiftf0, reliable_part

RATE, BLOCK = 48_000, 64
ROUNDS = 7
TRIALS, LOWEST, HIGHEST = 500, 82.41, 880.0  # Hz: E2 … A5
HARMONICS, NOISE, SILENCE, SECONDS = 15, -20.0, 0.1, 0.25  # dB, s, s
RIGHT = 20.0  # cents
PERIODS, SHARE, OCTAVES, COST = 2.2, 93.0, 1.0, 1.5  # goals: periods, percent
FOLDERS = ("voice", "violin", "notes")
LAGS = np.arange(-0.01, 0.0301, 0.001)


def measure(trials: int = TRIALS) -> list[Measurement]:
    """All rows; those of recordings only where LUTHIER_DATA says where they are."""
    data = os.environ.get("LUTHIER_DATA")
    recorded = [row for folder in FOLDERS for row in _recorded(Path(data) / folder)] if data else []
    return [*_begun(trials), *_cost(), *recorded]


def synthesize_tone(frequency: float, random: np.random.Generator) -> tuple[np.ndarray, int]:
    """A tone (T,) in noise that began before it, and the frame where it begins."""
    moments, start = np.arange(round(SECONDS * RATE)) / RATE, round(SILENCE * RATE)
    wave = np.zeros(len(moments))
    for k in range(1, HARMONICS + 1):
        turns = k * frequency * moments + random.random()
        wave += np.exp(0.5 * random.normal()) / k * np.sin(2 * np.pi * turns)
    sound = random.normal(size=start + len(wave)) * 10 ** (NOISE / 20)
    sound[start:] += wave / np.sqrt((wave**2).mean())
    return (0.1 * sound).astype(np.float32), start


def detection_delay(sound: np.ndarray, start: int, frequency: float) -> float:
    """Seconds from the beginning of a tone until its pitch is right, and stays so; infinite if that is never."""
    heard, _, (pitch, voiced, *_) = track_hops(sound, RATE)
    inside = (heard > start / RATE) & (heard <= len(sound) / RATE)
    cents = 1200 * np.log2(np.maximum(pitch[inside], 1) / frequency)
    wrong = np.flatnonzero(~((np.abs(cents) < RIGHT) & (voiced[inside] > 0)))
    first = wrong[-1] + 1 if len(wrong) else 0
    return float(heard[inside][first]) - start / RATE if first < inside.sum() else np.inf


def _begun(trials: int) -> list[Measurement]:
    """How soon tones are known."""
    random = np.random.default_rng(1)
    frequencies = LOWEST * 2 ** random.uniform(0, np.log2(HIGHEST / LOWEST), trials)
    after = np.array([detection_delay(*synthesize_tone(f, random), f) for f in frequencies])
    periods = (after - BLOCK / RATE) * frequencies
    return [
        Measurement(
            f"{trials} tones: known after, beyond a block, median",
            float(np.median(periods)),
            "periods",
            PERIODS,
            True,
        ),
        Measurement("the same, 95 of 100", float(np.percentile(periods, 95)), "periods"),
        Measurement("the same, median", 1000 * float(np.median(after)), "ms"),
        Measurement("tones that are never known", float(np.isinf(after).sum()), "", 0, True),
    ]


def _cost() -> list[Measurement]:
    """What following costs, of one core, with a look every 64 frames."""
    random = np.random.default_rng(0)
    sound = np.concatenate([synthesize_tone(f, random)[0] for f in (100.0, 200.0, 400.0, 800.0) for _ in range(12)])
    track_hops(sound, RATE)
    shares = []
    for _ in range(ROUNDS):
        start = time.thread_time()
        track_hops(sound, RATE)
        shares.append((time.thread_time() - start) * RATE / len(sound))
    return [Measurement("following, of one core", 100 * float(np.median(shares)), "%", COST, goal_is_most=True)]


def _recorded(folder: Path) -> list[Measurement]:
    """How the recordings of a folder are followed, all of its files together, and the worst."""
    found = []
    for path in sorted(path for path in folder.iterdir() if path.suffix in (".wav", ".ogg", ".mp3")):
        samples, rate = recording.load(path)
        sound = samples.mean(axis=0)
        heard, _, (pitch, voiced, late, _) = track_hops(sound, rate)
        told = PitchCurve(np.maximum.accumulate(heard - late), pitch, voiced > 0)
        found.append((path.stem, compare(reliable_part(detect_swiftf0(sound, int(rate))), told, lags=LAGS)))
    together = np.concatenate([agreed.cents for _, agreed in found])
    octaves = 100 * float((np.abs(np.abs(together) - 1200) < 100).mean())
    rows = [
        Measurement(f"{folder.name}/{name}: within 50 cents of SwiftF0", agreed.near, "%") for name, agreed in found
    ]
    return [
        *rows,
        Measurement(
            f"{folder.name}/: within 50 cents of SwiftF0", 100 * float((np.abs(together) < 50).mean()), "%", SHARE
        ),
        Measurement(f"{folder.name}/: an octave away", octaves, "%", OCTAVES, goal_is_most=True),
        Measurement(f"{folder.name}/: missed", 100 * float(np.mean([agreed.missed for _, agreed in found])), "%"),
    ]


if __name__ == "__main__":
    print_measurements(measure())
