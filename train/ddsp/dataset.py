"""Recordings made ready: heard, judged in words, and split into what is learned and what is kept back."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from train import recording
from train.notes import pitch as names

from . import synthesis
from .decoder import Sizes
from .features import Features, follow
from .segments import CLIP, SILENCE, Passage, joined, starts

KEPT = 20.0  # seconds kept back at the end of every long recording
LONG = 60.0  # seconds from which a recording is long
EVERY = 20  # of the short recordings, every so many-th is kept back
TENTH, CLIPS = 0.1, 4  # of a set too small for either: the part kept back, and how many clips it needs for that
SURELY = 0.6  # share of frames with a pitch, below which a recording is not one voice at a time
AGREED = 0.7  # of the two trackers' agreement, the same
NARROW = 5.0  # semitones: less than this teaches nothing about pitch
SHORT = 60.0  # seconds in all, below which little can be learned
SIDES = (0.005, 0.995)  # quantiles that are the range of a set


@dataclass(frozen=True)
class Corpus:
    """What a model learns from, and what it is told about it.

    mean, deviation: dB of the loudness learned from. low, high: Hz. agreement: of two trackers, 0 … 1.
    """

    learned: list[Passage]
    kept: list[Passage]
    mean: float
    deviation: float
    low: float
    high: float
    agreement: float
    words: list[str]


def gather(parts: Sequence[tuple[str | Path, float, float | None]], sizes: Sizes) -> Corpus:
    """Hear recordings at the model's rate; the loudest of their peaks becomes 1.

    parts: a file each, where to begin and how many seconds to take (None: all).
    Raises RecordingError for a file that cannot be read, ValueError when there is nothing to learn in any.
    """
    sounds = [recording.load(path, sizes.rate, start, seconds)[0].mean(axis=0) for path, start, seconds in parts]
    peak = max(float(np.abs(sound).max(initial=0.0)) for sound in sounds)
    if peak < 10 ** (recording.QUIETEST / 20):
        raise ValueError("the recordings are silent")
    heard: list[tuple[Passage, Features]] = []
    words: list[str] = []
    for (path, *_), sound in zip(parts, sounds, strict=True):
        words += [f"{Path(path).name}: {fault}" for fault in recording.check(sound[None], sizes.rate)]
        features = _named(path, follow(sound / peak, sizes.rate, sizes.hop))
        whole = passage(sound / peak, sizes, features)
        if whole.frames > 1:
            heard.append((whole, features))
    if not heard:
        raise ValueError("the recordings hold nothing that is loud enough to learn")
    learned, kept = split([whole for whole, _ in heard], sizes)
    return _told(learned, kept, [features for _, features in heard], words, sizes)


def passage(samples: np.ndarray, sizes: Sizes, features: Features) -> Passage:
    """A passage of samples (N,), whole frames of it; silence at either end is left out."""
    count = len(samples) // sizes.hop
    audible = np.flatnonzero(features.loudness > SILENCE)
    begin, end = (int(audible[0]), min(int(audible[-1]) + 1, count)) if len(audible) else (0, 0)
    pitch, loudness = (torch.from_numpy(c[begin : end + 1]).float() for c in (features.pitch, features.loudness))
    sound = np.ascontiguousarray(samples[begin * sizes.hop : end * sizes.hop], np.float32)
    return Passage(torch.from_numpy(sound), pitch, loudness, synthesis.turns(pitch, sizes.rate, sizes.hop))


def split(passages: list[Passage], sizes: Sizes) -> tuple[list[Passage], list[Passage]]:
    """What is learned from, and what is kept back: the end of each long recording, every 20th of the short ones.

    Of a few short ones it is the last tenth, at least a clip; of next to nothing none.
    """
    back, least = (round(seconds * sizes.rate / sizes.hop) for seconds in (KEPT, LONG))
    long, short = ([p for p in passages if (p.frames >= least) == is_long] for is_long in (True, False))
    kept = [p.cut(p.frames - back, back) for p in long]
    learned = [p.cut(0, p.frames - back) for p in long]
    away = short[EVERY // 2 :: EVERY]
    stay = [p for i, p in enumerate(short) if i % EVERY != EVERY // 2]
    for parts, into in ((stay, learned), (away, kept)):
        if parts:
            into.append(joined(parts, sizes.rate))
    return (learned, kept) if kept else _parted(learned[0])


def _parted(whole: Passage) -> tuple[list[Passage], list[Passage]]:
    """What is learned from, and the end that is kept back, where enough is left to learn from."""
    back = max(round(TENTH * whole.frames), CLIP)
    rest, end = whole.cut(0, whole.frames - back), whole.cut(whole.frames - back, back)
    enough = whole.frames >= CLIPS * CLIP and starts(rest, CLIP)
    return ([rest], [end]) if enough else ([whole], [])


def _named(path: str | Path, features: Features) -> Features:
    """The pitch in the octave that the file's name says, if it is a single note and has a name."""
    key = names.key_in_name(path)
    if key is None:
        return features
    far = 69 + 12 * np.log2(features.pitch / 440) - key
    octaves = np.round(far / 12)
    alone = np.abs(far - 12 * octaves)[features.voiced] < 0.6
    if not len(alone) or alone.mean() < 0.8:
        return features
    return Features(features.pitch / 2**octaves, features.voiced, features.loudness, features.agreement)


def _told(
    learned: list[Passage], kept: list[Passage], features: list[Features], words: list[str], sizes: Sizes
) -> Corpus:
    """A corpus with its figures, and what is wrong with it in words."""
    loudness = torch.cat([p.loudness for p in learned])
    loudness = loudness[loudness > SILENCE]
    counts = np.array([len(f.pitch) for f in features], float)
    agreement = float(np.average([f.agreement for f in features], weights=counts))
    loud = [f.voiced & (f.loudness > SILENCE) for f in features]
    pitch = np.concatenate([f.pitch[where] for f, where in zip(features, loud, strict=True)])
    if not len(pitch):
        raise ValueError("no pitch can be heard in the recordings")
    low, high = (float(q) for q in np.quantile(pitch, SIDES))
    voiced = len(pitch) / max(sum(int((f.loudness > SILENCE).sum()) for f in features), 1)
    seconds = sum(p.frames for p in learned) * sizes.hop / sizes.rate
    words = [*_faults(seconds, voiced, agreement, 12 * np.log2(high / low)), *words]
    mean, deviation = float(loudness.mean()), max(float(loudness.std()), 1.0)
    return Corpus(learned, kept, mean, deviation, low, high, agreement, words)


def _faults(seconds: float, voiced: float, agreement: float, span: float) -> list[str]:
    """What stands in the way of learning an instrument from the whole set."""
    found = []
    if seconds < SHORT:
        found.append(f"There are only {seconds:.0f} s to learn from; a few minutes are better.")
    if voiced < SURELY or agreement < AGREED:
        found.append(
            "The recordings do not sound like one note at a time: "
            f"{100 * voiced:.0f} % of it has a pitch, and two trackers agree on {100 * agreement:.0f} % of that."
        )
    if span < NARROW:
        found.append(f"The notes span only {span:.1f} semitones; the instrument will know no others.")
    return found
