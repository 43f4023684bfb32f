"""The state record of the pitch tracker, the same at every rate."""

import math

import numpy as np

from engine.dsp import autocorrelation, loudness, partial_spectrum

HOP_SECONDS = 1 / 750  # approximate: 64 frames at 48 kHz
MAX_FINE_HZ, COARSE_HZ = (
    64_000.0,
    12_000.0,
)  # rates of the buffers that refine and that find a lag; COARSE_HZ is approximate
HIGH_PASS_HZ = 120.0  # attenuates rumble
LOW_PASS_HZ, LOW_PASS_SECONDS = 3000.0, 0.0007  # of the low pass before both; its delay is half its length
CLARITY_SECONDS = 0.012  # for which a tone must correlate to be clear
SPECTRUM_SECONDS, SPECTRUM_BINS, BIN_HZ = 0.036, 170, 20.0
MIN_PITCH_HZ, MAX_PITCH_HZ = 60.0, 2200.0  # range that the buffers are made for
MAX_CANDIDATES = 24  # half of them found, half derived by the octave check
_RAW, _FINE, _COARSE, _LAGS, _POWERS, _SPANNED = 1024, 8192, 2048, 320, 64, 352

TRACKER = np.dtype(
    [
        ("rate", "f8"),  # Hz, of the device
        ("hop", "i8"),  # frames of a hop
        ("fine_step", "i8"),  # frames per fine sample
        ("coarse_step", "i8"),  # fine samples per coarse sample
        ("fine_rate", "f8"),
        ("coarse_rate", "f8"),
        ("delay", "f8"),  # seconds, of the filters
        ("loudness_delay", "f8"),
        ("taps", "f4", (_RAW // 2,)),
        ("tap_count", "i8"),  # of `taps`
        ("high_pass_pole", "f8"),  # see autocorrelation.high_pass
        ("sections", "f8", (loudness.SECTIONS, 5)),
        ("triangle", "f8", (_POWERS,)),
        ("power_count", "i8"),
        ("cosines", "f4", (SPECTRUM_BINS, _SPANNED)),
        ("sines", "f4", (SPECTRUM_BINS, _SPANNED)),
        ("span", "i8"),  # coarse samples in a spectrum
        # parameters
        ("low", "f8"),  # Hz
        ("high", "f8"),
        ("gate", "f8"),  # dB
        # history
        ("raw", "f4", (_RAW,)),  # the samples before that the taps need, then the frames of this hop
        ("filled", "i8"),  # frames of this hop so far
        ("high_pass_memory", "f8", (2,)),
        ("fine", "f4", (_FINE,)),
        ("fine_end", "i8"),
        ("coarse", "f4", (_COARSE,)),
        ("coarse_end", "i8"),
        ("memory", "f8", (loudness.SECTIONS, 2)),
        ("powers", "f8", (_POWERS,)),  # A-weighted, of the last hops
        ("newest", "i8"),
        ("bad_samples", "i8"),  # invalid input samples so far
        ("background", "f8"),  # dB: level that a new tone has to rise above
        ("hops_since_rise", "i8"),  # 0: no rise
        ("old_lags", "f8", (MAX_CANDIDATES,)),
        ("old_scores", "f8", (MAX_CANDIDATES,)),
        ("old_count", "i8"),
        # of this hop
        ("noise_power", "f8"),  # added to powers, so that noise does not correlate
        ("energy", "f8", (_COARSE // 2,)),
        ("fine_energy", "f8", (_FINE // 2,)),
        ("correlations", "f4", (_LAGS,)),
        ("even", "f4", (_SPANNED,)),
        ("odd", "f4", (_SPANNED,)),
        ("magnitudes", "f4", (SPECTRUM_BINS,)),
        ("lags", "f8", (MAX_CANDIDATES,)),  # seconds
        ("strengths", "f8", (MAX_CANDIDATES,)),  # correlation, at most 1
        ("support", "f8", (MAX_CANDIDATES,)),  # seconds: lag at which its clarity is measured
        ("penalties", "f8", (MAX_CANDIDATES,)),  # of the octave check, in units of correlation
        ("scores", "f8", (MAX_CANDIDATES,)),
        ("count", "i8"),
        # results of each hop
        ("pitch", "f8"),  # Hz; the last one while unvoiced
        ("voiced", "i8"),
        ("onset", "i8"),  # 1: a tone started at this hop
        ("clarity", "f8"),
        ("loudness", "f8"),  # dB, A-weighted
        ("current_loudness", "f8"),  # the same; after an onset at least that of the last period
        ("level", "f8"),  # dB of the last few milliseconds
        ("hops_since_onset", "i8"),  # hops since the tone started
        ("unclear_hops", "i8"),  # hops since it was last clear
        ("tone_level", "f8"),  # dB, smoothed, of its clear hops
        ("doubted_lag", "f8"),  # seconds: period of a leap down that is not believed yet,
        ("doubted_hops", "i8"),  # and the hops for which it has lasted
    ],
    align=True,
)
_NAMES = list(TRACKER.fields or ())
_PAST = _NAMES[_NAMES.index("raw") :]


def new_tracker(
    rate: float, low: float = MIN_PITCH_HZ, high: float = MAX_PITCH_HZ, gate: float = -60.0
) -> np.ndarray:
    """[main thread] One TRACKER record (1,) for a rate in Hz.

    low, high: Hz, range of the pitch within MIN_PITCH_HZ … MAX_PITCH_HZ. gate: dB below which nothing is voiced.
    """
    tracker = np.zeros(1, TRACKER)
    record = tracker[0]
    record["rate"], record["low"], record["high"], record["gate"] = rate, low, high, gate
    record["fine_step"] = fine_step = math.ceil(rate / MAX_FINE_HZ)
    record["fine_rate"] = rate / fine_step
    record["coarse_step"] = coarse_step = max(round(rate / fine_step / COARSE_HZ), 1)
    record["coarse_rate"] = rate / (fine_step * coarse_step)
    record["hop"] = fine_step * coarse_step * max(round(rate / (fine_step * coarse_step) * HOP_SECONDS), 1)
    _set_low_pass(record)
    _set_loudness(record)
    _set_spectrum(record)
    reset(tracker)
    return tracker


def reset(tracker: np.ndarray) -> None:
    """[main thread] Clear the history and the results."""
    for name in _PAST:
        tracker[name] = 0
    tracker["fine_end"], tracker["coarse_end"] = _FINE // 2, _COARSE // 2
    tracker["loudness"] = tracker["current_loudness"] = tracker["level"] = tracker["background"] = loudness.FLOOR_DB


def _set_low_pass(record: np.void) -> None:
    rate = float(record["rate"])
    taps = autocorrelation.low_pass(rate, min(LOW_PASS_HZ, 0.4 * rate), LOW_PASS_SECONDS)
    record["taps"][: len(taps)] = taps
    record["tap_count"] = len(taps)
    record["delay"] = (len(taps) - 1) / 2 / rate
    record["high_pass_pole"] = np.exp(-2 * np.pi * HIGH_PASS_HZ / rate)


def _set_loudness(record: np.void) -> None:
    rate, hop = float(record["rate"]), int(record["hop"])
    record["sections"] = loudness.a_weighting(rate)
    record["power_count"] = kept = max(round(loudness.WINDOW_SECONDS * rate / hop), 1)
    record["triangle"][:kept] = loudness.triangle(kept)
    record["loudness_delay"] = kept * hop / rate / 2


def _set_spectrum(record: np.void) -> None:
    rate = float(record["coarse_rate"])
    record["span"] = span = 2 * round(SPECTRUM_SECONDS * rate / 2)
    for name, wave in zip(
        ("cosines", "sines"), partial_spectrum.fourier_basis(span, SPECTRUM_BINS, BIN_HZ, rate), strict=True
    ):
        record[name][:, : span // 2] = wave
