"""What the tracker knows: one record, the same at every rate."""

import math

import numpy as np

from ..dsp import loudness, pitch

HOP = 1 / 750  # seconds between looks, about: 64 frames at 48 kHz
FINE, COARSE = (
    64_000.0,
    12_000.0,
)  # Hz: the most for the sound that refines a pitch, and about that in which it is found
CUTOFF, SMEAR = 3000.0, 0.0007  # Hz, seconds: the low pass before both; its delay is half of the second
LOWEST, HIGHEST = 60.0, 2200.0  # Hz: what the record has room for
CANDIDATES = 10  # lags that are weighed against each other at a time
_RAW, _FINE, _COARSE, _LAGS, _POWERS = 1024, 8192, 2048, 288, 64

EAR = np.dtype(
    [
        ("rate", "f8"),  # Hz, of the device
        ("hop", "i8"),  # frames between looks
        ("thin", "i8"),  # frames per sample of the fine sound
        ("step", "i8"),  # fine samples per coarse sample
        ("fine_rate", "f8"),
        ("coarse_rate", "f8"),
        ("taps", "f4", (_RAW // 2,)),
        ("tapped", "i8"),  # how many there are
        ("sections", "f8", (loudness.SECTIONS, 5)),
        ("triangle", "f8", (_POWERS,)),
        ("powers_kept", "i8"),
        ("delay", "f8"),  # seconds that a pitch is late by the low pass; the window comes on top
        ("loudness_delay", "f8"),
        # what the player sets
        ("low", "f8"),  # Hz
        ("high", "f8"),
        ("gate", "f8"),  # dB
        # what was heard
        ("clock", "i8"),  # looks since `reset`
        ("raw", "f4", (_RAW,)),  # the past that the taps need, then the frames of this hop
        ("filled", "i8"),  # frames of this hop so far
        ("fine", "f4", (_FINE,)),
        ("fine_end", "i8"),
        ("coarse", "f4", (_COARSE,)),
        ("coarse_end", "i8"),
        ("memory", "f8", (loudness.SECTIONS, 2)),
        ("powers", "f8", (_POWERS,)),
        ("newest", "i8"),
        ("broken", "i8"),  # samples so far that were no numbers
        # room to work in
        ("energy", "f8", (_COARSE // 2,)),
        ("fine_energy", "f8", (_FINE // 2,)),
        ("likeness", "f4", (_LAGS,)),
        ("lags", "f8", (CANDIDATES,)),  # seconds
        ("heights", "f8", (CANDIDATES,)),
        ("scores", "f8", (CANDIDATES,)),
        ("count", "i8"),
        ("old_lags", "f8", (CANDIDATES,)),
        ("old_scores", "f8", (CANDIDATES,)),
        ("old_count", "i8"),
        # what it says after each look
        ("pitch", "f8"),  # Hz, also while nothing is voiced: the last
        ("clarity", "f8"),
        ("voiced", "i8"),
        ("onset", "i8"),  # 1: a tone began at this look
        ("loudness", "f8"),  # dB, A-weighted
        ("level", "f8"),  # dB of the last few milliseconds
        ("since", "i8"),  # looks since the tone began
    ],
    align=True,
)


def new_ear(rate: float, low: float = LOWEST, high: float = HIGHEST, gate: float = -60.0) -> np.ndarray:
    """[main thread] One EAR record for a rate in Hz; see `tune` for the others."""
    ear = np.zeros(1, EAR)
    record = ear[0]
    record["rate"] = rate
    record["thin"] = thinned = math.ceil(rate / FINE)
    record["fine_rate"] = fine_rate = rate / thinned
    record["step"] = step = max(round(fine_rate / COARSE), 1)
    record["coarse_rate"] = fine_rate / step
    record["hop"] = hop = thinned * step * max(round(fine_rate / step * HOP), 1)
    taps = pitch.low_pass(rate, min(CUTOFF, 0.4 * rate), SMEAR)
    record["tapped"] = len(taps)
    record["taps"][: len(taps)] = taps
    record["delay"] = (len(taps) - 1) / 2 / rate
    record["sections"] = loudness.weighting(rate)
    record["powers_kept"] = kept = max(round(loudness.WINDOW * rate / hop), 1)
    record["triangle"][:kept] = loudness.triangle(kept) / hop
    record["loudness_delay"] = kept * hop / rate / 2
    tune(ear, low, high, gate)
    reset(ear)
    return ear


def tune(ear: np.ndarray, low: float, high: float, gate: float) -> None:
    """[main thread] low, high: Hz, between LOWEST and HIGHEST. gate: dB below which nothing is voiced."""
    ear["low"], ear["high"], ear["gate"] = low, high, gate


def reset(ear: np.ndarray) -> None:
    """[main thread] Forget all that was heard."""
    record = ear[0]
    for name in ("raw", "fine", "coarse", "memory", "powers", "old_count", "count", "clock", "filled", "newest"):
        record[name] = 0
    for name in ("pitch", "clarity", "voiced", "onset", "since", "broken"):
        record[name] = 0
    record["fine_end"], record["coarse_end"] = _FINE // 2, _COARSE // 2
    record["loudness"] = record["level"] = loudness.FLOOR
