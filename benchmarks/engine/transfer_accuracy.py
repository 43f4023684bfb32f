"""Accuracy of pitch and loudness when an instrument follows a voice, through the command itself.

    LUTHIER_DATA=DATA python -m benchmarks.engine.transfer_accuracy [PRESET] [--json]

Two singers of DATA/voice are transferred, and, where DATA has recordings of the instrument itself, the held-out ends
of the long ones. SwiftF0 analyses input and output; only moments count where it is reliable about the input and
confident about the output; one lag per file and the transposition are removed.
"""

import contextlib
import io
import json
import os
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.support.measurement import Measurement, run_preset_benchmark
from cli.main import main
from engine.preset.library import find
from engine.preset.preset_file import read
from engine.voice.offline_tracking import track_recording
from train import recording

from .swiftf0_reference import Agreement, compare, detect_swiftf0, reliable_part

VOICES = ("singing-female.wav", "vignesh.wav")
HELD_OUT_SECONDS, MIN_RECORDING_SECONDS = (
    20.0,
    60.0,
)  # at the end of a recording that are held out of learning, if it is that long
GATE_DB = -60.0  # dB below the loudest moment of a voice, down to which its loudness is compared
MAX_MEDIAN_CENTS, MIN_REPLAY_PERCENT, MIN_SHARE_PERCENT, MIN_CORRELATION, MAX_OCTAVE_MS = (
    8.0,
    92.0,
    93.0,
    0.9,
    60.0,
)  # goals: cents, percent, percent, correlation, ms


def measure(preset: str = "violin") -> list[Measurement]:
    """Measure a preset; ValueError if LUTHIER_DATA is not set."""
    if not os.environ.get("LUTHIER_DATA"):
        raise ValueError("LUTHIER_DATA does not say where the recordings are")
    data, name = Path(os.environ["LUTHIER_DATA"]), read(find(preset)).header["name"]
    singers = [row for voice in VOICES for row in _singer_measurements(data / "voice" / voice, preset, name)]
    return [*_replay_measurements(data / name, preset, name), *singers]


def run_transfer(
    sound: np.ndarray, rate: int, preset: str, *options: str
) -> tuple[np.ndarray, int, dict[str, float]]:
    """Transfer a sound (T,) by the command: its output, rate, and JSON result."""
    with tempfile.TemporaryDirectory() as folder:
        voice, out = str(Path(folder) / "voice.wav"), str(Path(folder) / "out.wav")
        soundfile.write(voice, sound, rate, subtype="FLOAT")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            status = main(["transfer", voice, preset, "-o", out, "--json", "--float", *options])
        if status:
            raise ValueError(f"luthier transfer ended with {status}")
        output, output_rate = soundfile.read(out, dtype="float32")
    return output.mean(axis=1), output_rate, json.loads(printed.getvalue())


def loudness_correlation(sound: np.ndarray, rate: int, output: np.ndarray, output_rate: int) -> float:
    """Correlation of two loudness curves in dB, where the first is not silent, at the best lag to 30 ms."""
    input_loudness, output_loudness = (
        track_recording(x, r).loudness for x, r in ((sound, rate), (output, output_rate))
    )
    count = min(len(input_loudness), len(output_loudness)) - 3
    is_audible = input_loudness[:count] > input_loudness.max() + GATE_DB
    return max(
        float(np.corrcoef(input_loudness[:count][is_audible], output_loudness[i : i + count][is_audible])[0, 1])
        for i in range(4)
    )


def _singer_measurements(path: Path, preset: str, name: str) -> list[Measurement]:
    """Measure the transfer of a singer."""
    samples, rate = recording.load(path)
    sound = samples.mean(axis=0)
    output, output_rate, result = run_transfer(sound, rate, preset)
    found = _compare_pitch(sound, rate, output, output_rate, result["transpose"])
    title = f"{path.stem} → {name}"
    return [
        Measurement(f"{title}: within 50 cents", found.within_50_cents, "%", MIN_SHARE_PERCENT),
        Measurement(f"{title}: median", found.median_cents, "cents"),
        Measurement(
            f"{title}: longest stay an octave away",
            1000 * found.longest_octave_error,
            "ms",
            MAX_OCTAVE_MS,
            goal_is_max=True,
        ),
        Measurement(
            f"{title}: loudness curves, correlation",
            loudness_correlation(sound, rate, output, output_rate),
            "",
            MIN_CORRELATION,
        ),
        Measurement(f"{title}: of the voice's sure moments, missed", 100 * found.missed, "%"),
        Measurement(f"{title}: lag taken off", 1000 * found.lag, "ms"),
    ]


def _replay_measurements(folder: Path, preset: str, name: str) -> list[Measurement]:
    """Measure the transfer of held-out recordings of the instrument itself."""
    found = []
    for path in sorted(folder.glob("*.mp3")) if folder.is_dir() else []:
        samples, rate = recording.load(path)
        if samples.shape[1] < MIN_RECORDING_SECONDS * rate:
            continue
        sound = samples.mean(axis=0)[-round(HELD_OUT_SECONDS * rate) :]
        output, output_rate, _ = run_transfer(sound, rate, preset, "--transpose", "0")
        found.append(_compare_pitch(sound, rate, output, output_rate, 0.0))
    if not found:
        return []
    cents = np.abs(np.concatenate([one.cents for one in found]))
    return [
        Measurement(
            f"{name}, kept back, played again: median",
            float(np.median(cents)),
            "cents",
            MAX_MEDIAN_CENTS,
            goal_is_max=True,
        ),
        Measurement(
            f"{name}, kept back, played again: within 50 cents",
            100 * float((cents < 50).mean()),
            "%",
            MIN_REPLAY_PERCENT,
        ),
        Measurement(
            f"{name}, kept back, played again: lag taken off", 1000 * max(one.lag for one in found), "ms", 30, True
        ),
    ]


def _compare_pitch(
    sound: np.ndarray, rate: int, output: np.ndarray, output_rate: int, transposition: float
) -> Agreement:
    """Compare the pitches of input and output."""
    return compare(reliable_part(detect_swiftf0(sound, rate)), detect_swiftf0(output, output_rate), transposition)


if __name__ == "__main__":
    run_preset_benchmark("Accuracy of an instrument that follows a voice.", measure, "violin")
