"""A short training of every kind from real recordings, compared with the same training after one step.

Both presets play the recording again, each in the way of its kind: a control signal as it was learned, the pitch and
loudness of the recording, or its events. The log-spectral distance to the recording must become smaller.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.learning.note_accuracy import spectral_distance
from engine.pitch_and_frequency import pitch_of
from engine.preset import preset_file
from engine.reference_output import deviation, render_probe
from train import recording
from train.note_names.name_reader import key_in_name

from .report import ROOT
from .row import Row, row_at_most

MIN_STEPS = 60  # of each kind, at any scale: steps, as minutes are few steps on a busy machine
MAX_DISTANCE_RATIO, MAX_PROBE_DB = 0.95, -50.0  # goals: distance against that of the start; engine against the model
FLOOR_DB = -60.0  # of the spectra, below the mean power of the recording
NOTE_NAMES, MAX_NOTE_CENTS = ("E2", "A3", "E4", "A4"), 10.0  # learned as single notes; goal for their pitch


@dataclass(frozen=True)
class Training:
    """A kind, the recording in $LUTHIER_DATA, further options, and how a preset plays the recording again.

    play: (preset, recording, folder) → sound (T,) at the rate of the recording that is loaded for it.
    """

    kind: str
    recording: str
    length: float  # seconds
    steps: int  # at full length
    options: tuple[str, ...]
    play: Callable[[Path, Path, Path], tuple[np.ndarray, int]]
    start: float = 0.0  # seconds


def measure(scale: float) -> Iterator[Row]:
    """Rows of every kind; scale: share of the steps, but MIN_STEPS."""
    if not os.environ.get("LUTHIER_DATA"):
        raise ValueError("LUTHIER_DATA does not say where the recordings are")
    with tempfile.TemporaryDirectory() as folder:
        for training in TRAININGS:
            yield from _rows(training, max(round(training.steps * scale), MIN_STEPS), Path(folder))
        yield from _notes(Path(folder))


def distance(sound: np.ndarray, rate: int, recorded: np.ndarray) -> float:
    """Log-spectral distance in dB of a sound (T,) from a recording (T,), at the gain of the same mean power."""
    frames = min(len(sound), len(recorded))
    sound, recorded = sound[:frames].astype(np.float64), recorded[:frames].astype(np.float64)
    power = float((recorded**2).mean())
    gain = np.sqrt(power / max(float((sound**2).mean()), 1e-20))
    return spectral_distance(gain * sound, recorded, np.full(2, power * 10 ** (FLOOR_DB / 10)))


def _rows(training: Training, steps: int, folder: Path) -> Iterator[Row]:
    """Learn one step and some more; the distances, and the probe."""
    data = Path(os.environ["LUTHIER_DATA"]) / training.recording
    samples, rate = recording.load(data, None, training.start, training.length)
    source = folder / f"{training.kind}.wav"
    soundfile.write(source, samples.T, rate)
    distances = {}
    for name, count in (("start", 1), ("learned", steps)):
        path = folder / f"{training.kind}-{name}.luthier"
        run_luthier("learn", training.kind, str(source), "-o", str(path), *training.options, "--steps", str(count))
        sound, rate = training.play(path, source, folder)
        distances[name] = distance(sound, rate, recording.load(source, rate)[0].mean(axis=0))
    what = f"{training.kind}: {training.recording}, {steps} steps: distance from the recording"
    yield Row(f"{training.kind}: distance after one step", f"{distances['start']:.2f} dB")
    yield row_at_most(what, distances["learned"], MAX_DISTANCE_RATIO * distances["start"], "dB")
    probe = deviation(preset_file.read(path))
    yield row_at_most(f"{training.kind}: engine against the model", probe, MAX_PROBE_DB, "dB")


def _notes(folder: Path) -> Iterator[Row]:
    """Single notes of a guitar: the pitch that each was learned with, and the probe."""
    data, path = Path(os.environ["LUTHIER_DATA"]) / "guitar", folder / "notes.luthier"
    files = [data / f"guitar_{name}_very-long_forte_normal.mp3" for name in NOTE_NAMES]
    run_luthier("learn", "resonance", *map(str, files), "--as", "notes", "-o", str(path))
    preset = preset_file.read(path)
    keys = pitch_of(np.asarray(preset.tensors["pitch"], np.float64))
    cents = {name: 100 * float(np.abs(keys - (key_in_name(f"_{name}_") or 0)).min()) for name in NOTE_NAMES}
    worst = max(cents, key=lambda name: cents[name])
    yield row_at_most("notes: learned pitch off", cents[worst], MAX_NOTE_CENTS, "cents", worst)
    yield row_at_most("notes: engine against the model", deviation(preset), MAX_PROBE_DB, "dB")


def _as_learned(path: Path, source: Path, folder: Path) -> tuple[np.ndarray, int]:
    """The learned performance."""
    preset = preset_file.read(path)
    rate = int(preset.header["rate"])
    frames = recording.load(source, rate)[0].shape[1]
    return render_probe(preset, {"performance": "learned", "samples": frames}), rate


def _as_transfer(path: Path, source: Path, folder: Path) -> tuple[np.ndarray, int]:
    """The recording as a voice that the instrument follows."""
    return _written(folder, "transfer", str(source), str(path))


def _as_events(path: Path, source: Path, folder: Path) -> tuple[np.ndarray, int]:
    """The recording taken apart, and put together again."""
    score = folder / "score.json"
    run_luthier("decompose", str(source), str(path), "-o", str(score))
    return _written(folder, "render", str(path), str(score))


def _written(folder: Path, *words: str) -> tuple[np.ndarray, int]:
    """What a command writes to a sound file: (T,) and its rate."""
    out = folder / "out.wav"
    run_luthier(*words, "-o", str(out))
    samples, rate = recording.load(out)
    return samples.mean(axis=0), rate


def run_luthier(*words: str) -> None:
    """Run a command; RuntimeError with its last line if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        raise RuntimeError(f"luthier {' '.join(words[:2])} ended with status {done.returncode}: {last}")


PIECE_SIZES = ("--as", "piece", "--control", "4", "--resonances", "4", "--modes", "32")
AT_22050 = ("--rate", "22050")  # at which the figures in docs/acceptance.md were measured
TRAININGS = (
    Training("resonance", "pieces/piano.wav", 1.9, 3000, (*PIECE_SIZES, *AT_22050, "--length", "1.9"), _as_learned),
    Training("ssm", "pieces/vibe-ace.ogg", 2.9, 1500, AT_22050, _as_learned, 8.0),
    Training(
        "ddsp", "violin/john-garner_bwv1002_mov6.mp3", 30.0, 3000, ("--units", "64", "--rate", "16000"), _as_transfer
    ),
    Training("events", "pieces/sugar-plum-fairy.ogg", 6.0, 1000, AT_22050, _as_events, 10.0),
)
