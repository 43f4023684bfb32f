"""Verdict on an instrument: how near it comes to its recording, in words and figures."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

EXCERPT_SECONDS = 4.0  # that are compared
WORDS = (
    (0.9, "hard to tell from the recording"),
    (0.75, "very like the recording"),
    (0.6, "like the recording"),
    (0.4, "recognizable, but not like the recording"),
    (-np.inf, "not like the recording"),
)
"""The least nearness for each judgement."""


@dataclass(frozen=True)
class Verdict:
    """Distances in dB from the recording: of the instrument, of silence, and of a codec of low rate."""

    distance: float
    silence: float
    codec: float
    codec_name: str

    @property
    def nearness(self) -> float:
        """Where the instrument stands between silence, 0, and the codec, 1."""
        return (self.silence - self.distance) / max(self.silence - self.codec, 1e-9)

    @property
    def words(self) -> str:
        """The judgement in plain words."""
        return next(words for least, words in WORDS if self.nearness >= least)

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {"words": self.words, **asdict(self)}

    def __str__(self) -> str:
        return (
            f"{self.words}: {self.distance:.1f} dB from it; silence {self.silence:.1f}, "
            f"{self.codec_name} {self.codec:.1f}"
        )


def judge(recording: np.ndarray, sound: np.ndarray) -> Verdict:
    """Compare what an instrument plays (2, T) with a recording (2, N), both at RATE: their first EXCERPT_SECONDS."""
    from . import low_rate_codec  # both load the compiler, which reading a verdict does without
    from .distance import RATE, distance

    target, answer = (each[:, : round(EXCERPT_SECONDS * RATE)].mean(axis=0) for each in (recording, sound))
    coded, name = low_rate_codec.copy(target)
    silence = np.zeros_like(target)
    return _rounded(distance(target, answer), distance(target, silence), distance(target, coded), name)


def mean(verdicts: list[Verdict]) -> Verdict:
    """The mean of the verdicts on several recordings."""
    figures = np.array([[each.distance, each.silence, each.codec] for each in verdicts])
    away, silence, codec = figures.mean(axis=0).tolist()
    return _rounded(away, silence, codec, verdicts[0].codec_name)


def read_verdict(header: Mapping[str, Any]) -> Verdict | None:
    """The verdict that is stored in the header of a preset; None where there is none."""
    plain = header.get("training", {}).get("likeness")
    try:
        return Verdict(
            float(plain["distance"]), float(plain["silence"]), float(plain["codec"]), str(plain["codec_name"])
        )
    except (TypeError, ValueError, KeyError):
        return None


def _rounded(away: float, silence: float, codec: float, codec_name: str) -> Verdict:
    """A verdict whose figures are the same wherever they are stored and shown."""
    return Verdict(round(away, 1), round(silence, 1), round(codec, 1), codec_name)
