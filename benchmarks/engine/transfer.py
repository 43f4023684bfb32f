"""Whether an instrument answers a voice at its pitch and its loudness, through the command itself.

    LUTHIER_DATA=DATA python -m benchmarks.engine.transfer [PRESET] [--json]

Two singers of DATA/voice are transferred, and where DATA has recordings of the instrument itself, what was kept back
of the long ones. SwiftF0 hears both sides; what counts is where it is sure of the pitch that went in and confident of
that which came out; one lag is taken off each file, and what it was moved by.
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

from .reference_pitch import Agreement, compare, detect_swiftf0, reliable_part

VOICES = ("singing-female.wav", "vignesh.wav")
KEPT, LONG = 20.0, 60.0  # seconds at the end of a recording that nothing was learned from, if it is so long
GATE = -60.0  # dB below the loudest moment of a voice, from which its loudness counts
MEDIAN, AGAIN, SHARE, ALIKE, JUMP = 8.0, 92.0, 93.0, 0.9, 60.0  # goals: cents, percent, percent, correlation, ms


def measure(preset: str = "violin") -> list[Measurement]:
    """All rows of a preset; ValueError if nothing says where the recordings are."""
    if not os.environ.get("LUTHIER_DATA"):
        raise ValueError("LUTHIER_DATA does not say where the recordings are")
    data, name = Path(os.environ["LUTHIER_DATA"]), read(find(preset)).header["name"]
    sung = [row for voice in VOICES for row in _answered(data / "voice" / voice, preset, name)]
    return [*_again(data / name, preset, name), *sung]


def run_transfer(sound: np.ndarray, rate: int, preset: str, *words: str) -> tuple[np.ndarray, int, dict[str, float]]:
    """What the command makes of a sound (T,): the left side, its rate, and what it tells."""
    with tempfile.TemporaryDirectory() as folder:
        voice, out = str(Path(folder) / "voice.wav"), str(Path(folder) / "out.wav")
        soundfile.write(voice, sound, rate, subtype="FLOAT")
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            status = main(["transfer", voice, preset, "-o", out, "--json", "--float", *words])
        if status:
            raise ValueError(f"luthier transfer ended with {status}")
        answer, own = soundfile.read(out, dtype="float32")
    return answer.mean(axis=1), own, json.loads(said.getvalue())


def loudness_correlation(sound: np.ndarray, rate: int, answer: np.ndarray, own: int) -> float:
    """The correlation of two loudness curves in dB, where the first sound is not silent, at the best lag to 30 ms."""
    given, made = (track_recording(x, r).loudness for x, r in ((sound, rate), (answer, own)))
    count = min(len(given), len(made)) - 3
    heard = given[:count] > given.max() + GATE
    return max(float(np.corrcoef(given[:count][heard], made[i : i + count][heard])[0, 1]) for i in range(4))


def _answered(path: Path, preset: str, name: str) -> list[Measurement]:
    """How an instrument answers a singer."""
    samples, rate = recording.load(path)
    sound = samples.mean(axis=0)
    answer, own, told = run_transfer(sound, rate, preset)
    found = _pitches(sound, rate, answer, own, told["transpose"])
    title = f"{path.stem} → {name}"
    return [
        Measurement(f"{title}: within 50 cents", found.near, "%", SHARE),
        Measurement(f"{title}: median", found.median, "cents"),
        Measurement(
            f"{title}: longest stay an octave away", 1000 * found.longest_jump, "ms", JUMP, goal_is_most=True
        ),
        Measurement(
            f"{title}: loudness curves, correlation", loudness_correlation(sound, rate, answer, own), "", ALIKE
        ),
        Measurement(f"{title}: of the voice's sure moments, missed", 100 * found.missed, "%"),
        Measurement(f"{title}: lag taken off", 1000 * found.lag, "ms"),
    ]


def _again(folder: Path, preset: str, name: str) -> list[Measurement]:
    """How an instrument answers recordings of itself that it has not heard."""
    found = []
    for path in sorted(folder.glob("*.mp3")) if folder.is_dir() else []:
        samples, rate = recording.load(path)
        if samples.shape[1] < LONG * rate:
            continue
        sound = samples.mean(axis=0)[-round(KEPT * rate) :]
        answer, own, _ = run_transfer(sound, rate, preset, "--transpose", "0")
        found.append(_pitches(sound, rate, answer, own, 0.0))
    if not found:
        return []
    cents = np.abs(np.concatenate([one.cents for one in found]))
    return [
        Measurement(
            f"{name}, kept back, played again: median", float(np.median(cents)), "cents", MEDIAN, goal_is_most=True
        ),
        Measurement(
            f"{name}, kept back, played again: within 50 cents", 100 * float((cents < 50).mean()), "%", AGAIN
        ),
        Measurement(
            f"{name}, kept back, played again: lag taken off", 1000 * max(one.lag for one in found), "ms", 30, True
        ),
    ]


def _pitches(sound: np.ndarray, rate: int, answer: np.ndarray, own: int, moved: float) -> Agreement:
    return compare(reliable_part(detect_swiftf0(sound, rate)), detect_swiftf0(answer, own), moved)


if __name__ == "__main__":
    run_preset_benchmark("How an instrument answers a voice.", measure, "violin")
