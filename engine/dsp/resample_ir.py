"""Resample impulse responses of rooms and attacks to a device's rate without pre-ringing."""

import numpy as np

EARLY_SAMPLES = 96  # at the learned rate: the part whose onset is fitted by least squares
EXACT_BAND = 0.95  # share of the narrower band in which the fit is exact
OUT_OF_BAND_WEIGHT = 1e-4  # weight of power beyond that band against error within


def resample_impulse_response(response: np.ndarray, learned: float, rate: float) -> np.ndarray:
    """[main thread] Resample a response (C, taps) at `learned` Hz to (C, about taps · rate / learned) at `rate`.

    The gain is the same at every frequency that both rates have. Plain resampling would ring before the onset, and
    cutting that off loses energy; so the first samples are the causal ones nearest within the band (least squares),
    and the rest is resampled. Samples scale with the rates, as those of a filter do.
    """
    response = np.atleast_2d(np.asarray(response, np.float64))
    if rate == learned:
        return response
    early = min(EARLY_SAMPLES, response.shape[1])
    fade = np.ones(early)
    if early < response.shape[1]:
        fade[early // 3 :] = 0.5 + 0.5 * np.cos(np.pi * np.arange(early - early // 3) / (early - early // 3))
    first = response[:, :early] * fade
    rest = response.copy()
    rest[:, :early] -= first
    body = _resample(rest, learned, rate)
    onset = _fit_onset(first, learned, rate)
    size = max(body.shape[1], onset.shape[1])
    return np.pad(body, ((0, 0), (0, size - body.shape[1]))) + np.pad(onset, ((0, 0), (0, size - onset.shape[1])))


def _resample(response: np.ndarray, learned: float, rate: float) -> np.ndarray:
    """Resample; ringing before the start is lost."""
    import soxr

    return soxr.resample(response.T, learned, rate, "VHQ").T * (learned / rate)


def _fit_onset(response: np.ndarray, learned: float, rate: float) -> np.ndarray:
    """The causal response that is nearest within the band (least squares)."""
    ratio = rate / learned
    band = EXACT_BAND * min(1.0, 1 / ratio)  # of half the rate
    time = np.arange(int(np.ceil((response.shape[1] + EARLY_SAMPLES / 3) * ratio)))
    in_band = band * np.sinc(band * (time[:, None] - time))
    weighted = in_band + OUT_OF_BAND_WEIGHT * (np.eye(len(time)) - in_band)
    wanted = band * np.sinc(band * (time[:, None] - ratio * np.arange(response.shape[1]))) @ response.T
    return np.linalg.solve(weighted, wanted).T
