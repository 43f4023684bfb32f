"""The verdict on a learned instrument: its answer to the recordings, beside these at equal loudness."""

import contextlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from platformdirs import user_cache_path

from cli.recording_part import parse_part
from engine.preset.control_performance import has_performance, performance_seconds
from engine.preset.preset_file import Preset
from engine.sound_file import reader
from engine.sound_file.writer import sound_writer

from .recordings import replace_mappings

if TYPE_CHECKING:
    from export.likeness import Verdict

MAX_RECORDINGS = 5  # of many that are compared, evenly spread
MAX_PAIRS = 20  # of sounds that are kept for the window
MAX_PEAK = 0.9  # of a sound that is written, relative to full scale


@dataclass(frozen=True)
class Likeness:
    """The verdict, and the first of the compared pairs, (2, T) each."""

    verdict: "Verdict"
    recording: np.ndarray
    answer: np.ndarray


def judge_learned(preset: Preset, recordings: Sequence[str], start: float = 0.0) -> Likeness | None:
    """Let an instrument answer what it was learned from, and compare; None, and a line, where it cannot answer.

    start: seconds, of a recording whose text gives none.
    """
    from export.likeness import judge, mean
    from export.likeness.resynthesis import resynthesize

    try:
        recordings = _readable(replace_mappings(recordings)[0])
        step = max(len(recordings) / MAX_RECORDINGS, 1.0)
        chosen = [recordings[int(i * step)] for i in range(min(len(recordings), MAX_RECORDINGS))]
        pairs = [resynthesize(preset, _load(preset, text, start)) for text in chosen]
        return Likeness(mean([judge(*pair) for pair in pairs]), *pairs[0])
    except (Exception, KeyboardInterrupt) as error:  # whatever it is, the instrument is written
        print(f"it was not compared with the recording: {str(error) or type(error).__name__}", file=sys.stderr)
        return None


def _readable(recordings: Sequence[str]) -> Sequence[str]:
    """Those of some recordings that can be read, as were learned from; all where none can."""
    found = []
    for text in recordings:
        with contextlib.suppress(reader.RecordingError):
            reader.check(parse_part(text)[0])
            found.append(text)
    return found or recordings


def with_verdict(preset: Preset, verdict: "Verdict") -> Preset:
    """The instrument with the verdict in its header."""
    training = {**preset.header.get("training", {}), "likeness": verdict.plain}
    return replace(preset, header={**preset.header, "training": training})


def write_pair(found: Likeness, name: str) -> list[str]:
    """Write recording and answer, equally loud, where the window finds them; their paths, none where it fails."""
    from export.likeness.distance import RATE, gain_to_equal_loudness

    folder = user_cache_path("luthier", appauthor=False) / "comparisons"
    sounds = [sound * gain_to_equal_loudness(sound.mean(axis=0)) for sound in (found.recording, found.answer)]
    peak = max(float(np.abs(sound).max(initial=0)) for sound in sounds)
    paths = [folder / f"{name} – {which}.wav" for which in ("recording", "instrument")]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, sound in zip(paths, sounds, strict=True):
            with sound_writer(path, RATE) as write:
                write((sound * min(MAX_PEAK / max(peak, 1e-9), 1.0)).astype(np.float32))
        _remove_old(folder)
    except OSError as error:
        print(f"the comparison could not be kept: {error}", file=sys.stderr)
        return []
    return [str(path) for path in paths]


def _remove_old(folder: Path) -> None:
    """Keep the newest pairs only."""
    files = sorted(folder.glob("*.wav"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[2 * MAX_PAIRS :]:
        path.unlink(missing_ok=True)


def _load(preset: Preset, text: str, start: float) -> np.ndarray:
    """The beginning of a recording, or of its part: (2, T), as long as the instrument answers."""
    from export.likeness.distance import RATE
    from export.likeness.verdict import EXCERPT_SECONDS
    from train import recording

    performs = has_performance(preset.tensors)
    seconds = performance_seconds(preset.header) if performs else EXCERPT_SECONDS
    path, first, length = parse_part(text, start)
    samples, _ = recording.load(path, RATE, first, seconds if length is None else min(length, seconds))
    return np.ascontiguousarray(np.repeat(samples, 2, axis=0) if len(samples) == 1 else samples[:2])
