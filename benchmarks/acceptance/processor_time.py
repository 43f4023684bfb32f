"""What learning costs in processor time, on one core: starts, single notes of a grand, and taking recordings apart.

Processor time (user and system) hardly depends on what else runs, as wall time does.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.learning.note_accuracy import spectral_distance
from engine.pitch_and_frequency import frequency_of
from engine.preset.preset_file import read
from train import recording
from train.notes import note, note_span

from .report import ROOT
from .row import Row, row_at_most

STARTS = (("ssm",), ("events",), ("resonance", "--as", "piece"))  # arguments of `learn`
START_SECONDS, MAX_START_CPU_SECONDS = 3, 10.0  # of the recording; until the first step has been reported
PIECE, PIECE_START = "pieces/sugar-plum-fairy.ogg", 10  # and seconds in it
NOTES = (("A0", 33, "FF", "Mp"), ("E1", 40, "FF", "MF"), ("C2", 48, "FF", "PP"), ("A3", 69, "FF", "Mp"),
         ("D#5", 87, "Mf", "PP"), ("C7", 108, "Mf", "PP"))  # fmt: skip
"""Notes of the grand: name, key, the dynamic that is fitted, and one that is matched to it."""
NOTE_RATE, NOTE_MODES = 44_100, 64  # Hz
MAX_GRAND_CORE_MINUTES = 90.0  # 45 minutes on two cores
MAX_ONSET_SHIFT, SHIFT_STEP = 1500, 50  # samples by which a learned note may begin earlier than its span
DECOMPOSED = (("pieces/vibe-ace.ogg", 10.0, 3.0), ("pieces/vibe-ace.ogg", 10.0, 12.0))  # start and length in seconds
MAX_DECOMPOSE_RATIO = 7.0  # of processor time to the length of the recording
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def measure(scale: float) -> Iterator[Row]:
    """Rows of starts, notes and decomposition; scale: share of the notes and the lengths, at least one of each."""
    if not os.environ.get("LUTHIER_DATA"):
        raise ValueError("LUTHIER_DATA does not say where the recordings are")
    data = Path(os.environ["LUTHIER_DATA"])
    for arguments in STARTS:
        yield _start_row(data / PIECE, arguments)
    yield from _note_rows(data / "splendid-grand" / "Samples", max(round(scale * len(NOTES)), 1))
    for name, start, length in DECOMPOSED[: max(round(scale * len(DECOMPOSED)), 1)]:
        yield _decompose_row(data / name, start, length)


def _start_row(piece: Path, arguments: tuple[str, ...]) -> Row:
    """The processor time of a run of learning when it reports its first step; the run is then ended."""
    end = PIECE_START + START_SECONDS
    with tempfile.TemporaryDirectory() as folder:
        words = [*arguments, f"{piece}@{PIECE_START}-{end}", "-o", f"{folder}/x.luthier", "--steps", "1000", "--json"]
        command = [sys.executable, "-m", "cli.main", "learn", *words]
        environment = {**os.environ, **dict.fromkeys(THREADS, "1")}
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as run:
            assert run.stdout is not None
            seconds = next((_cpu_seconds(run.pid) for line in run.stdout if _has_step(json.loads(line))), np.nan)
            run.kill()
    what = f"{' '.join(arguments)}: processor time to the first step, {START_SECONDS} s of a recording"
    return row_at_most(what, round(float(seconds), 1), MAX_START_CPU_SECONDS, "s")


def _has_step(values: dict[str, Any]) -> bool:
    return bool(values.get("step"))


def _cpu_seconds(process: int) -> float:
    """Time that a process has had on processors, with that of its threads."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _note_rows(folder: Path, count: int) -> Iterator[Row]:
    """Distance of notes of the grand from their recordings, and the time for all of them."""
    fit_seconds, match_seconds, distances = [], [], []
    for name, key, loud, soft in NOTES[:count]:
        sounds = [recording.read(folder / f"{dynamic} {name}.flac", NOTE_RATE).samples for dynamic in (loud, soft)]
        fitted, seconds = _timed(partial(note.fit, sounds[0], NOTE_RATE, NOTE_MODES, frequency_of(key)))
        matched, match = _timed(partial(note.fit_like, sounds[1], NOTE_RATE, fitted))
        fit_seconds.append(seconds)
        match_seconds.append(match)
        distances += [_distance(learned, sound) for learned, sound in zip((fitted, matched), sounds, strict=True)]
    yield Row(f"{2 * count} notes of a grand: log-spectral distance, mean", f"{np.mean(distances):.2f} dB")
    files = [path.stem for path in folder.glob("*.flac")]
    keys = len({name.split()[1] for name in files})
    total = keys * np.mean(fit_seconds) + (len(files) - keys) * np.mean(match_seconds)
    what = f"{len(files)} notes on {keys} keys, by those: processor time"
    yield row_at_most(what, round(float(total) / 60, 1), MAX_GRAND_CORE_MINUTES, "min")


def _distance(learned: note.Note, sound: np.ndarray) -> float:
    """Log-spectral distance in dB of a learned note from its recording (C, T), where it fits best in time."""
    peak = float(np.abs(sound).max())
    mono = (sound / peak).mean(axis=0).astype(np.float64)
    span = note_span.find_span(mono, NOTE_RATE)
    recorded = mono[span.onset : span.end]
    rendered = note.render(learned.scaled(1 / peak), len(recorded))
    return min(
        spectral_distance(rendered[: len(recorded) - shift], recorded[shift:], span.noise)
        for shift in range(0, MAX_ONSET_SHIFT, SHIFT_STEP)
    )


def _decompose_row(path: Path, start: float, length: float) -> Row:
    """The processor time of taking a recording apart by the factory dictionary, relative to its length."""
    import torch

    from export.events import load_model
    from train.events.decompose import decompose

    torch.set_num_threads(1)
    preset = read(ROOT / "presets" / "mosaic.luthier")
    samples = recording.read(path, int(preset.header["rate"]), start, length).samples.mean(axis=0)
    model = load_model(preset)
    _, seconds = _timed(lambda: decompose(model, torch.from_numpy(samples)))
    what = f"decompose, {length:g} s of {path.stem}: processor time to length"
    return row_at_most(what, round(seconds / length, 1), MAX_DECOMPOSE_RATIO)


def _timed(function: Callable[[], Any]) -> tuple[Any, float]:
    """What a function returns, and the processor time in seconds that it took."""
    started = time.process_time()
    found = function()
    return found, time.process_time() - started
