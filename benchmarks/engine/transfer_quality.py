"""Faults of an instrument that follows a voice: bursts, holes, and energy below its lowest key; see transfer_faults.

    LUTHIER_DATA=DATA python -m benchmarks.engine.transfer_quality [PRESET] [--json]

Movements and phrases of violin, flute and cello and the voices of DATA are transferred by the command itself. Pitch,
loudness and lag are those of transfer_accuracy.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.support.measurement import Measurement, run_preset_benchmark
from engine.pitch_and_frequency import frequency_of, ratio_of
from engine.preset.library import find
from engine.preset.preset_file import read
from train import recording

from .swiftf0_reference import compare, detect_swiftf0, reliable_part
from .transfer_accuracy import loudness_correlation, run_transfer
from .transfer_faults import find_bursts, find_holes, level_below

MAX_BURSTS, MAX_HOLES, MAX_LOW_DB = 1.0, 2.0, 6.0  # goals: a minute, a minute, dB above the recording
MIN_SHARE_PERCENT, MIN_CORRELATION = 93.0, 0.9  # goals: within 50 cents; of the curves of loudness
LOW_MARGIN_SEMITONES = 1.5  # below the lowest key, from which down its own vibrato does not reach


@dataclass(frozen=True)
class Source:
    """Recordings of DATA, by a pattern, and the part of each in seconds; a negative start counts from its end."""

    name: str
    pattern: str
    start: float = 0.0
    end: float | None = None
    is_sung: bool = False


SOURCES = (
    Source("violin movements", "violin/*.mp3", 10.0, 46.0),
    Source("violin movements, kept back", "violin/*.mp3", -20.0),
    Source("trumpet", "pieces/solo-trumpet.ogg"),
    Source("cello phrases", "cello/*_phrase_*arco-legato.mp3", 0.0, 6.0),
    Source("flute phrases", "flute/*_phrase_*.mp3", 0.0, 4.0),
    Source("singers", "voice/s[io]*.wav", is_sung=True),
    Source("singer with ornaments", "voice/vignesh.wav", is_sung=True),
    Source("speech", "voice/speech-female.wav"),
)


def measure(preset: str = "violin") -> list[Measurement]:
    """Measure a preset; ValueError if LUTHIER_DATA is not set."""
    if not os.environ.get("LUTHIER_DATA"):
        raise ValueError("LUTHIER_DATA does not say where the recordings are")
    data, header = Path(os.environ["LUTHIER_DATA"]), read(find(preset)).header
    lowest = frequency_of(header["keys"]["low"] - LOW_MARGIN_SEMITONES)
    return [row for source in SOURCES for row in _measure_source(data, source, preset, header["name"], lowest)]


def _measure_source(data: Path, source: Source, preset: str, name: str, lowest: float) -> list[Measurement]:
    """The measurements of all recordings of a source together; none where there is no recording."""
    minutes, bursts, holes = 0.0, 0, 0
    rows: list[tuple[float, float, float, float]] = []
    cents: list[np.ndarray] = []
    for path in sorted(data.glob(source.pattern)):
        sound, rate = _read_part(path, source)
        output, output_rate, result = run_transfer(sound, rate, preset)
        minutes += len(sound) / rate / 60
        bursts += len(find_bursts(output, output_rate, sound, rate))
        holes += len(find_holes(output, output_rate, sound, rate))
        own_lowest = lowest * ratio_of(-result["transpose"])
        found = compare(
            reliable_part(detect_swiftf0(sound, rate)), detect_swiftf0(output, output_rate), result["transpose"]
        )
        cents.append(np.abs(found.cents))
        low = level_below(output, output_rate, lowest) - level_below(sound, rate, own_lowest)
        rows.append((low, found.missed, found.lag, loudness_correlation(sound, rate, output, output_rate)))
    if not rows:
        return []
    title, means = f"{source.name} → {name}", np.mean(rows, axis=0)
    return [
        Measurement(f"{title}: bursts a minute", bursts / minutes, "", 0 if source.is_sung else MAX_BURSTS, True),
        Measurement(f"{title}: holes a minute", holes / minutes, "", MAX_HOLES, True),
        Measurement(f"{title}: below the lowest key, more", means[0], "dB", MAX_LOW_DB, True),
        Measurement(
            f"{title}: within 50 cents", 100 * float((np.concatenate(cents) < 50).mean()), "%", MIN_SHARE_PERCENT
        ),
        Measurement(f"{title}: missed", 100 * means[1], "%"),
        Measurement(f"{title}: lag taken off", 1000 * means[2], "ms"),
        Measurement(f"{title}: loudness, correlation", means[3], "", MIN_CORRELATION),
    ]


def _read_part(path: Path, source: Source) -> tuple[np.ndarray, int]:
    """The part (T,) of a recording, and its rate in Hz."""
    samples, rate = recording.load(path)
    first = round(source.start * rate)
    last = None if source.end is None else round(source.end * rate)
    return samples.mean(axis=0)[first:last], rate


if __name__ == "__main__":
    run_preset_benchmark("Faults of an instrument that follows a voice.", measure, "violin")
