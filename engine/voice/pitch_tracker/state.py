"""What the tracker knows: one record, the same at every rate."""

import math

import numpy as np

from engine.dsp import loudness, pitch

HOP = 1 / 750  # seconds between looks, about: 64 frames at 48 kHz
FINE, COARSE = 64_000.0, 12_000.0  # Hz: the most for the sound that refines a lag; about that in which it is found
BASS = 120.0  # Hz: what is lower counts less, or the rumble of a room would be a tone
CUTOFF, SMEAR = 3000.0, 0.0007  # Hz, seconds: the low pass before both; half of the second is its delay
STEADY = 0.012  # seconds over which a tone must go on to be clear
SPAN, BINS, SPACING = 0.036, 170, 20.0  # seconds, places and Hz of the spectrum
LOWEST, HIGHEST = 60.0, 2200.0  # Hz: what there is room for
CANDIDATES = 24  # lags that are weighed against each other at a time; half of them are found, half derived
_RAW, _FINE, _COARSE, _LAGS, _POWERS, _SPANNED = 1024, 8192, 2048, 320, 64, 352

EAR = np.dtype(
    [
        ("rate", "f8"),  # Hz, of the device
        ("hop", "i8"),  # frames between looks
        ("thin", "i8"),  # frames per sample of the fine sound
        ("step", "i8"),  # fine samples per coarse sample
        ("fine_rate", "f8"),
        ("coarse_rate", "f8"),
        ("delay", "f8"),  # seconds that the filters take; half of what a lag is measured over comes on top
        ("loudness_delay", "f8"),
        ("taps", "f4", (_RAW // 2,)),
        ("tapped", "i8"),  # how many there are
        ("floor", "f8"),  # the pole of the high pass
        ("sections", "f8", (loudness.SECTIONS, 5)),
        ("triangle", "f8", (_POWERS,)),
        ("powers_kept", "i8"),
        ("cosines", "f4", (BINS, _SPANNED)),
        ("sines", "f4", (BINS, _SPANNED)),
        ("spanned", "i8"),  # coarse samples in a spectrum
        # what the player sets
        ("low", "f8"),  # Hz
        ("high", "f8"),
        ("gate", "f8"),  # dB
        # what was heard
        ("raw", "f4", (_RAW,)),  # the past that the taps need, then the frames of this hop
        ("filled", "i8"),  # frames of this hop so far
        ("bass", "f8", (2,)),
        ("fine", "f4", (_FINE,)),
        ("fine_end", "i8"),
        ("coarse", "f4", (_COARSE,)),
        ("coarse_end", "i8"),
        ("memory", "f8", (loudness.SECTIONS, 2)),
        ("powers", "f8", (_POWERS,)),  # of the last hops, A-weighted
        ("newest", "i8"),
        ("broken", "i8"),  # samples so far that were no numbers
        ("before", "f8"),  # dB: the level that a new tone has to rise above
        ("risen", "i8"),  # looks since it did
        ("old_lags", "f8", (CANDIDATES,)),
        ("old_scores", "f8", (CANDIDATES,)),
        ("old_count", "i8"),
        # of this look
        ("quiet", "f8"),  # power in which no resemblance is looked for
        ("energy", "f8", (_COARSE // 2,)),
        ("fine_energy", "f8", (_FINE // 2,)),
        ("likeness", "f4", (_LAGS,)),
        ("even", "f4", (_SPANNED,)),
        ("odd", "f4", (_SPANNED,)),
        ("magnitudes", "f4", (BINS,)),
        ("lags", "f8", (CANDIDATES,)),  # seconds
        ("heights", "f8", (CANDIDATES,)),  # resemblance, at most 1
        ("support", "f8", (CANDIDATES,)),  # seconds: the lag that speaks for this one
        ("doubts", "f8", (CANDIDATES,)),
        ("scores", "f8", (CANDIDATES,)),
        ("count", "i8"),
        # what it says after each look
        ("pitch", "f8"),  # Hz; the last one while nothing is voiced
        ("voiced", "i8"),
        ("onset", "i8"),  # 1: a tone began at this look
        ("clarity", "f8"),
        ("loudness", "f8"),  # dB, A-weighted
        ("present", "f8"),  # the same, but that a tone which begins is heard at once
        ("level", "f8"),  # dB of the last few milliseconds
        ("since", "i8"),  # looks since the tone began
        ("unclear", "i8"),  # looks since it was last clear
    ],
    align=True,
)
_NAMES = list(EAR.fields or ())
_PAST = _NAMES[_NAMES.index("raw") :]


def new_ear(rate: float, low: float = LOWEST, high: float = HIGHEST, gate: float = -60.0) -> np.ndarray:
    """[main thread] One EAR record (1,) for a rate in Hz.

    low, high: Hz, where a pitch is looked for, between LOWEST and HIGHEST. gate: dB below which nothing is voiced.
    """
    ear = np.zeros(1, EAR)
    record = ear[0]
    record["rate"], record["low"], record["high"], record["gate"] = rate, low, high, gate
    record["thin"] = thin = math.ceil(rate / FINE)
    record["fine_rate"] = rate / thin
    record["step"] = step = max(round(rate / thin / COARSE), 1)
    record["coarse_rate"] = rate / (thin * step)
    record["hop"] = thin * step * max(round(rate / (thin * step) * HOP), 1)
    _filter(record)
    _weigh(record)
    _span(record)
    reset(ear)
    return ear


def reset(ear: np.ndarray) -> None:
    """[main thread] Forget all that was heard."""
    for name in _PAST:
        ear[name] = 0
    ear["fine_end"], ear["coarse_end"] = _FINE // 2, _COARSE // 2
    ear["loudness"] = ear["present"] = ear["level"] = ear["before"] = loudness.FLOOR


def _filter(record: np.void) -> None:
    rate = float(record["rate"])
    taps = pitch.low_pass(rate, min(CUTOFF, 0.4 * rate), SMEAR)
    record["taps"][: len(taps)] = taps
    record["tapped"] = len(taps)
    record["delay"] = (len(taps) - 1) / 2 / rate
    record["floor"] = np.exp(-2 * np.pi * BASS / rate)


def _weigh(record: np.void) -> None:
    rate, hop = float(record["rate"]), int(record["hop"])
    record["sections"] = loudness.weighting(rate)
    record["powers_kept"] = kept = max(round(loudness.WINDOW * rate / hop), 1)
    record["triangle"][:kept] = loudness.triangle(kept)
    record["loudness_delay"] = kept * hop / rate / 2


def _span(record: np.void) -> None:
    rate = float(record["coarse_rate"])
    record["spanned"] = spanned = 2 * round(SPAN * rate / 2)
    for name, wave in zip(("cosines", "sines"), pitch.fourier(spanned, BINS, SPACING, rate), strict=True):
        record[name][:, : spanned // 2] = wave
