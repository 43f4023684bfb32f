"""Every recording in $LUTHIER_DATA: opened, followed by the pitch tracker, and taken apart into events."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.engine import tracker
from benchmarks.engine.swiftf0_reference import detect_swiftf0
from engine.pitch_and_frequency import cents_of, frequency_of
from engine.preset import library, preset_file
from engine.voice.offline_tracking import track_hops
from train import recording, recording_faults
from train.note_names.name_reader import key_in_name

from .row import Row, row_at_least, row_at_most, row_of

OTHER_SUFFIXES = (".md", ".txt", ".sfz", ".json")  # of files that are no sound; some sounds have no suffix
OTHER_FILES = ("LICENSE", ".gitattributes", "gitattributes")
SINGLE_NOTES = {
    "flute": "normal$",
    "clarinet": "normal$",
    "oboe": "normal$",
    "cello": "arco-normal$",
    "guitar": "normal$",
    "banjo": "normal$",
    "mandolin": "normal$",
    "epianos": r"^\d+_.*_(P|MP|MF|F|FF)$",
    "splendid-grand": r"^(PP|MP|MF|FF) ",
}  # fmt: skip - names of the files with one plain note, by folder
SUNG_FOLDERS = ("flute", "clarinet", "oboe", "cello")  # whose notes the tracker is made for, as it is for a voice
MIN_SHARE_PERCENT, MAX_CENTS = 90.0, 50.0  # goals: of the notes, deviation of the median pitch of one
MIN_TRACKED_HZ, MAX_TRACKED_HZ = 62.0, 2100.0  # of the notes that the tracker is asked for
MAX_DETUNING_CENTS = 150.0  # of a player, from the key in the name
MIN_FILES = 4  # of a folder, at any scale
MIDDLE_C_OCTAVE = {"splendid-grand": 3}  # in the names of the files of a folder, where it is not 4
EXCERPT_SECONDS = 6.0  # of each piece
MAX_LOSS_RATIO = 0.8  # goal: the loss of what is put together, of that of silence
DECOMPOSER = "mosaic"


def measure(scale: float) -> Iterator[Row]:
    """Rows for the whole library; scale: share of the files of each folder."""
    if not os.environ.get("LUTHIER_DATA"):
        raise ValueError("LUTHIER_DATA does not say where the recordings are")
    data = Path(os.environ["LUTHIER_DATA"])
    files = {folder.name: _files(folder, scale) for folder in sorted(data.iterdir()) if folder.is_dir()}
    yield from _openings(data, [path for paths in files.values() for path in paths])
    for folder in SINGLE_NOTES:
        yield from _tracked_notes(folder, _share(_named_notes(data / folder), scale))
    for folder in tracker.FOLDERS:
        yield from (row for row in map(row_of, tracker.measure_folder(data / folder)) if row.wanted)
    yield from _decompositions(files["pieces"], data / "pieces")


def _files(folder: Path, share: float) -> list[Path]:
    """A share of the sound files of a folder, spread evenly."""
    paths = sorted(
        path for path in folder.rglob("*")
        if path.is_file() and path.suffix.lower() not in OTHER_SUFFIXES and path.name not in OTHER_FILES
    )  # fmt: skip
    return _share(paths, share)


def _share(paths: list[Path], share: float) -> list[Path]:
    """A share of some files, but a few, spread evenly."""
    count = max(round(len(paths) * share), min(len(paths), MIN_FILES))
    return [paths[i] for i in np.unique(np.linspace(0, len(paths) - 1, count).round().astype(int))]


def _openings(data: Path, paths: list[Path]) -> Iterator[Row]:
    """Files that cannot be opened, or have nothing that can be learned from."""
    failed, unusable, minutes = [], [], 0.0
    for path in paths:
        try:
            samples, rate = recording.load(path)
        except recording.RecordingError as error:
            failed.append(str(error))
            continue
        minutes += samples.shape[1] / rate / 60
        try:
            recording_faults.check_usable(samples, rate, path)
        except recording.RecordingError as error:
            unusable.append(str(error))
    yield Row("opened", f"{len(paths)} files, {minutes:.0f} min")
    yield row_at_most("that cannot be opened", len(failed), 0, where="; ".join(failed)[:300].replace(str(data), ""))
    yield Row("too short or silent to be learned from", str(len(unusable)))


def _named_notes(folder: Path) -> list[Path]:
    """The files of a folder with one plain note in the range of the tracker."""
    paths = [path for path in _files(folder, 1) if re.search(SINGLE_NOTES[folder.name], path.stem)]
    return [path for path in paths if MIN_TRACKED_HZ <= _frequency_in_name(path) <= MAX_TRACKED_HZ]


def _tracked_notes(folder: str, paths: list[Path]) -> Iterator[Row]:
    """Notes whose median pitch, as a voice is followed, is that of the note; a goal for sustained ones."""
    wrong = []
    for path in paths:
        samples, rate = recording.load(path)
        sound = samples.mean(axis=0)
        _, _, (found, voiced, *_) = track_hops(sound, rate)
        expected = _reference(sound, rate, _frequency_in_name(path))
        cents = cents_of(np.median(found[voiced > 0]) / expected) if voiced.any() else np.inf
        if abs(cents) > MAX_CENTS:
            wrong.append(f"{path.stem}: {cents:+.0f} cents")
    what = f"{folder}: {len(paths)} notes, median pitch within {MAX_CENTS:g} cents"
    share, where = 100 * (1 - len(wrong) / len(paths)), "; ".join(wrong)[:160]
    if folder in SUNG_FOLDERS:
        yield row_at_least(what, share, MIN_SHARE_PERCENT, "%", where)
    else:
        yield Row(what, f"{share:.4g} %" + (f" ({where})" if where else ""))


def _reference(sound: np.ndarray, rate: int, named: float) -> float:
    """Hz of a note (T,): the median of SwiftF0 where that is the named key a little out of tune, else the name's."""
    curve = detect_swiftf0(sound, rate)
    if not curve.voiced.any():
        return named
    median = float(np.median(curve.pitch[curve.voiced]))
    return median if abs(cents_of(median / named)) < MAX_DETUNING_CENTS else named


def _frequency_in_name(path: Path) -> float:
    """Hz of the note in a name; 0 if there is none."""
    key, folder = key_in_name(path), next((each for each in MIDDLE_C_OCTAVE if each in path.parts), "")
    return 0.0 if key is None else float(frequency_of(key + 12 * (4 - MIDDLE_C_OCTAVE.get(folder, 4))))


def _decompositions(paths: list[Path], folder: Path) -> Iterator[Row]:
    """Loss of an excerpt of each piece, taken apart and put together, against that of silence."""
    import torch

    from engine.instruments.events import event_score
    from engine.instruments.events.decoder import EventDecoder
    from export.events import load_model
    from train.events.decompose import decompose
    from train.events.loss import reconstruction_loss

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    preset = preset_file.read(library.find(DECOMPOSER))
    model, decoder = load_model(preset), EventDecoder(preset)
    for path in paths:
        samples, _ = recording.load(path, int(preset.header["rate"]), 0.0, EXCERPT_SECONDS)
        target = torch.from_numpy(samples.mean(axis=0))
        target = target / target.abs().max()
        score = decompose(model, target, peak=1.0)
        made = torch.from_numpy(event_score.render(decoder, score)[: len(target)])
        made = torch.nn.functional.pad(made, (0, len(target) - len(made)))
        losses = [float(reconstruction_loss(sound[None], target[None])) for sound in (made, torch.zeros_like(target))]
        what = f"{path.relative_to(folder.parent)}: loss of {len(score.events)} events, as a share of that of silence"
        yield row_at_most(what, losses[0] / losses[1], MAX_LOSS_RATIO)
