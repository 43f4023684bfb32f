"""The response of a room, or a strike, brought from the rate that it was learned or recorded at to a device's."""

import numpy as np

EARLY = 96  # samples at the learned rate whose beginning is made anew
BAND = 0.95  # of the narrower band, that must be right
ABOVE = 1e-4  # what power beyond that band counts, against an error of the same power within


def at_rate(response: np.ndarray, learned: float, rate: float) -> np.ndarray:
    """[main thread] A response (C, taps) at `learned` Hz, as one (C, about taps · rate / learned) at `rate`.

    It does the same to every frequency that both rates have. An interpolated response would ring before its own
    beginning, and what is cut off there is missing; so its first samples are those that come nearest in the band and
    begin at zero. The rest is interpolated. Samples are those of a filter: their size follows the rates.
    """
    response = np.atleast_2d(np.asarray(response, np.float64))
    if rate == learned:
        return response
    early = min(EARLY, response.shape[1])
    fade = np.ones(early)
    if early < response.shape[1]:
        fade[early // 3 :] = 0.5 + 0.5 * np.cos(np.pi * np.arange(early - early // 3) / (early - early // 3))
    first = response[:, :early] * fade
    rest = response.copy()
    rest[:, :early] -= first
    whole = _interpolated(rest, learned, rate)
    begun = _begun(first, learned, rate)
    size = max(whole.shape[1], begun.shape[1])
    return np.pad(whole, ((0, 0), (0, size - whole.shape[1]))) + np.pad(begun, ((0, 0), (0, size - begun.shape[1])))


def _interpolated(response: np.ndarray, learned: float, rate: float) -> np.ndarray:
    """Resampled; what rings before its beginning is lost."""
    import soxr

    return soxr.resample(response.T, learned, rate, "VHQ").T * (learned / rate)


def _begun(response: np.ndarray, learned: float, rate: float) -> np.ndarray:
    """The response that does nearest the same within the band, of all that begin at zero (least squares)."""
    ratio = rate / learned
    band = BAND * min(1.0, 1 / ratio)  # of half the rate
    time = np.arange(int(np.ceil((response.shape[1] + EARLY / 3) * ratio)))
    inside = band * np.sinc(band * (time[:, None] - time))
    weighed = inside + ABOVE * (np.eye(len(time)) - inside)
    wanted = band * np.sinc(band * (time[:, None] - ratio * np.arange(response.shape[1]))) @ response.T
    return np.linalg.solve(weighed, wanted).T
