"""The dataset of a DDSP model: recordings with features, split for training and validation, with warnings."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from engine.pitch_and_frequency import pitch_of
from train import recording, recording_faults

from . import synthesis
from .config import Config, Sizes
from .features import Features, extract_features
from .octave_correction import correct_octaves
from .random_clips import SILENCE_DB, Segment, clip_starts, concatenate

VALIDATION_SECONDS = 20.0  # at the end of every long recording
LONG_RECORDING_SECONDS = 60.0  # from which on a recording is long
VALIDATION_INTERVAL = 20  # every 20th of the short recordings is for validation
SMALL_SET_SHARE = 0.1  # at the end of a set too small for either
SMALL_SET_CLIPS = 4  # of a small set, at least, to be split
CLIP_FRAMES = Config.clip
MIN_VOICED_SHARE = 0.6  # of frames with a pitch; below, a recording is not monophonic
MIN_AGREEMENT = 0.7  # of the two trackers, likewise
MIN_RANGE_SEMITONES = 5.0  # of the pitches learned from
MIN_SECONDS = 60.0  # of training data
RANGE_QUANTILES = (0.005, 0.995)  # of the pitches of a set
MIN_SEMITONE_SHARE = 0.001  # of a set's frames; what is less in a semitone is an error of the tracker
MAX_GAP_SEMITONES = 6  # between pitches that belong together


@dataclass(frozen=True)
class Dataset:
    """Segments for training and validation, and their statistics.

    mean, deviation: of the loudness for training, dB. low, high: range of pitch, Hz. agreement: of two trackers, 0…1.
    """

    training: list[Segment]
    validation: list[Segment]
    mean: float
    deviation: float
    low: float
    high: float
    agreement: float
    warnings: list[str]


def load_dataset(parts: Sequence[tuple[str | Path, float, float | None]], sizes: Sizes) -> Dataset:
    """Load recordings at the model's rate, scaled so that the highest peak is 1.

    parts: file, start and length in seconds (None: all) of each.
    Files that cannot be read, or are silent, are left out with a warning. ValueError when nothing can be learned.
    """
    sounds, warnings = recording.load_all(parts, sizes.rate)
    peak = max(float(np.abs(sound).max()) for _, sound in sounds)
    found: list[tuple[Segment, Features]] = []
    paths, recorded = [path for path, _ in sounds], [sound for _, sound in sounds]
    tracked = [extract_features(sound / peak, sizes.rate, sizes.hop) for sound in recorded]
    corrected, messages = correct_octaves(paths, recorded, tracked, sizes.rate)
    warnings += messages
    for path, sound, features in zip(paths, recorded, corrected, strict=True):
        warnings += [f"{Path(path).name}: {fault}" for fault in recording_faults.check(sound[None], sizes.rate)]
        whole = make_segment(sound / peak, sizes, features)
        if whole.frames > 1:
            found.append((whole, features))
    if not found:
        raise ValueError("the recordings hold nothing that is loud enough to learn")
    training, validation = split_validation([whole for whole, _ in found], sizes)
    return _describe(training, validation, [features for _, features in found], warnings, sizes)


def make_segment(samples: np.ndarray, sizes: Sizes, features: Features) -> Segment:
    """A segment of whole frames of samples (N,); silence at either end is left out."""
    count = len(samples) // sizes.hop
    audible = np.flatnonzero(features.loudness > SILENCE_DB)
    begin, end = (int(audible[0]), min(int(audible[-1]) + 1, count)) if len(audible) else (0, 0)
    pitch, loudness = (torch.from_numpy(c[begin : end + 1]).float() for c in (features.pitch, features.loudness))
    sound = np.ascontiguousarray(samples[begin * sizes.hop : end * sizes.hop], np.float32)
    return Segment(torch.from_numpy(sound), pitch, loudness, synthesis.phase_in_cycles(pitch, sizes.rate, sizes.hop))


def split_validation(segments: list[Segment], sizes: Sizes) -> tuple[list[Segment], list[Segment]]:
    """Split segments for training and validation: the end of each long recording, every 20th of the short ones.

    Of a few short ones the last tenth is for validation, at least a clip; of less than four clips nothing.
    """
    validation_frames, long_frames = (
        round(seconds * sizes.rate / sizes.hop) for seconds in (VALIDATION_SECONDS, LONG_RECORDING_SECONDS)
    )
    long, short = ([p for p in segments if (p.frames >= long_frames) == is_long] for is_long in (True, False))
    validation = [p.cut(p.frames - validation_frames, validation_frames) for p in long]
    training = [p.cut(0, p.frames - validation_frames) for p in long]
    held_out = short[VALIDATION_INTERVAL // 2 :: VALIDATION_INTERVAL]
    remaining = [p for i, p in enumerate(short) if i % VALIDATION_INTERVAL != VALIDATION_INTERVAL // 2]
    for parts, into in ((remaining, training), (held_out, validation)):
        if parts:
            into.append(concatenate(parts, sizes.rate))
    return (training, validation) if validation else _split_small_set(training[0])


def pitch_range(pitch: np.ndarray) -> tuple[float, float]:
    """The lowest and highest of pitches (n,) in Hz, but for the outermost.

    Semitones beyond a gap, from the median outwards, are left out: there the tracker is octaves off.
    """
    semitone = np.round(pitch_of(pitch)).astype(int)
    counts = np.bincount(semitone - semitone.min())
    found = np.flatnonzero(counts >= MIN_SEMITONE_SHARE * len(pitch)) + semitone.min()
    median = int(np.round(np.median(pitch_of(pitch))))
    parts = np.split(found, 1 + np.flatnonzero(np.diff(found) > MAX_GAP_SEMITONES))
    part = min(parts, key=lambda part: int(np.abs(part - median).min()) if len(part) else 128)
    inside = pitch[(semitone >= part[0]) & (semitone <= part[-1])] if len(part) else pitch
    low, high = (float(q) for q in np.quantile(inside, RANGE_QUANTILES))
    return low, high


def load_voice(path: str | Path, dataset: Dataset, sizes: Sizes) -> Segment:
    """The curves of a recorded voice, transposed by octaves and scaled to the range and loudness of a dataset.

    Raises RecordingError for a file that cannot be read, ValueError for one without a pitch.
    """
    sound = recording.read(path, sizes.rate)
    dataset.warnings.extend(sound.notices)
    samples = sound.samples.mean(axis=0)
    voice = extract_features(samples / max(float(np.abs(samples).max()), 1e-6), sizes.rate, sizes.hop)
    is_sung = voice.voiced & (voice.loudness > SILENCE_DB)
    if not is_sung.any():
        raise ValueError(f"no pitch can be heard in {path}")
    middle = np.sqrt(dataset.low * dataset.high)
    octaves = np.round(np.log2(middle / np.median(voice.pitch[is_sung])))
    gain = dataset.mean - voice.loudness[is_sung].mean()
    pitch = np.clip(voice.pitch * 2**octaves, dataset.low, dataset.high)
    return make_segment(samples, sizes, Features(pitch, voice.voiced, voice.loudness + gain, voice.agreement))


def _split_small_set(whole: Segment) -> tuple[list[Segment], list[Segment]]:
    """Split off the end for validation, where enough is left for training."""
    validation_frames = max(round(SMALL_SET_SHARE * whole.frames), CLIP_FRAMES)
    training, validation = (
        whole.cut(0, whole.frames - validation_frames),
        whole.cut(whole.frames - validation_frames, validation_frames),
    )
    enough = whole.frames >= SMALL_SET_CLIPS * CLIP_FRAMES and clip_starts(training, CLIP_FRAMES)
    return ([training], [validation]) if enough else ([whole], [])


def _describe(
    training: list[Segment], validation: list[Segment], features: list[Features], warnings: list[str], sizes: Sizes
) -> Dataset:
    """A dataset with its statistics and warnings."""
    loudness = torch.cat([p.loudness for p in training])
    loudness = loudness[loudness > SILENCE_DB]
    counts = np.array([len(f.pitch) for f in features], float)
    agreement = float(np.average([f.agreement for f in features], weights=counts))
    loud = [f.voiced & (f.loudness > SILENCE_DB) for f in features]
    pitch = np.concatenate([f.pitch[where] for f, where in zip(features, loud, strict=True)])
    if not len(pitch):
        raise ValueError("no pitch can be heard in the recordings")
    low, high = pitch_range(pitch)
    voiced = len(pitch) / max(sum(int((f.loudness > SILENCE_DB).sum()) for f in features), 1)
    seconds = sum(p.frames for p in training) * sizes.hop / sizes.rate
    warnings = [*_warnings(seconds, voiced, agreement, 12 * np.log2(high / low)), *warnings]
    mean, deviation = float(loudness.mean()), max(float(loudness.std()), 1.0)
    return Dataset(training, validation, mean, deviation, low, high, agreement, warnings)


def _warnings(seconds: float, voiced: float, agreement: float, span: float) -> list[str]:
    """Warnings about the set as a whole."""
    found = []
    if seconds < MIN_SECONDS:
        found.append(f"There are only {seconds:.0f} s to learn from; a few minutes are better.")
    if voiced < MIN_VOICED_SHARE or agreement < MIN_AGREEMENT:
        found.append(
            "The recordings do not sound like one note at a time: "
            f"{100 * voiced:.0f} % of them has a pitch, and two trackers agree on {100 * agreement:.0f} % of that."
        )
    if span < MIN_RANGE_SEMITONES:
        found.append(f"The notes span only {span:.1f} semitones; the instrument will know no others.")
    return found
