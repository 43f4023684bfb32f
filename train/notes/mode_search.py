"""Search for the damped modes of a note, band by band, distributed over the bands to leave the least error."""

import numpy as np

from .mode_set import NO_MODES, Modes
from .note_span import Span
from .subband_fit import Bands

BAND_WIDTH_HZ = 150.0
"""Approximate width of a band; a pitched note gets a whole number of bands per partial."""
MAX_HZ = 16000.0
"""Highest frequency at which modes are searched; above it partials decay fast."""


BandFits = list[tuple[Modes, float]]
"""Ever larger sets of modes in a band, each with the error that it leaves."""


def find_modes(fits_by_band: list[BandFits], pitch: float, count: int = 64) -> Modes:
    """Find at most `count` modes of a note among those that were fitted in its bands; pitch: Hz or 0."""
    parts = [NO_MODES, *_distribute(fits_by_band, count, round(pitch / _width(pitch)) - 1 if pitch else None)]
    return Modes(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("frequency", "decay", "amplitude"))
    )


def fit_bands(
    samples: np.ndarray, rate: float, span: Span, pitch: float, chosen: slice = slice(None)
) -> list[BandFits]:
    """Fit modes in bands of the span of a note in samples (T,), above its noise.

    pitch: Hz or 0. chosen: which bands, from the lowest on; each is fitted by itself.
    """
    bands = Bands(samples[span.onset : span.end].astype(np.float64), rate, _width(pitch), span.noise)
    return [bands.fit(number) for number in range(1, int(min(MAX_HZ, 0.45 * rate) / bands.width))[chosen]]


def find_matching_modes(
    samples: np.ndarray, rate: float, span: Span, pitch: float, reference: Modes, ratio: float
) -> Modes:
    """Find the modes of another note of the same key: mode j is the partial of mode j of `reference`.

    ratio: pitch of this note relative to that of the reference. Where nothing is above the noise the amplitude is 0.
    """
    bands = Bands(samples[span.onset : span.end].astype(np.float64), rate, _width(pitch), span.noise)
    frequency, decay = reference.frequency * ratio, reference.decay.copy()
    amplitude = np.zeros(len(reference), complex)
    numbers = np.round(frequency / bands.width).astype(int)
    for number in np.unique(numbers):
        group = np.flatnonzero(numbers == number)
        found = bands.refit(number, frequency[group], decay[group])
        if len(found):
            frequency[group], decay[group], amplitude[group] = found.frequency, found.decay, found.amplitude
    return Modes(frequency, decay, amplitude)


def _width(pitch: float) -> float:
    """Width of a band in Hz: a whole number of bands per partial."""
    return pitch / max(round(pitch / BAND_WIDTH_HZ), 1) if pitch else BAND_WIDTH_HZ


def _distribute(fits_by_band: list[BandFits], count: int, lowest: int | None) -> list[Modes]:
    """Choose a number of modes in each band, so that `count` modes in all leave the least error.

    lowest: band of the fundamental,
    which gets modes even if it is quiet, since it defines the pitch.
    """
    steps = [0] * len(fits_by_band)
    if lowest is not None and lowest < len(fits_by_band):
        steps[lowest] = next((step for step, (modes, _) in enumerate(fits_by_band[lowest]) if len(modes)), 0)
    remaining = count - sum(len(fits[step][0]) for fits, step in zip(fits_by_band, steps, strict=True))
    while True:
        best, gain, target = -1, 0.0, 0
        for band, fits in enumerate(fits_by_band):
            current, error = fits[steps[band]]
            for step in range(steps[band] + 1, len(fits)):
                more = len(fits[step][0]) - len(current)
                if more <= remaining and (error - fits[step][1]) / max(more, 0.5) > gain:
                    best, gain, target = band, (error - fits[step][1]) / max(more, 0.5), step
        if best < 0:
            return [fits[step][0] for fits, step in zip(fits_by_band, steps, strict=True)]
        remaining -= len(fits_by_band[best][target][0]) - len(fits_by_band[best][steps[best]][0])
        steps[best] = target
