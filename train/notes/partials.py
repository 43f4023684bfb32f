"""The ringing of a note as damped modes, found band by band and shared out so that the most is explained."""

import numpy as np

from .bands import Bands
from .modes import NOTHING, Modes
from .onset import Span

WIDTH = 150.0
"""Hz: about how wide a band is; a pitched note gets a whole number of bands per partial."""
TOP = 16000.0
"""Hz: above this nothing rings long enough to matter."""


def find(samples: np.ndarray, rate: float, span: Span, pitch: float, count: int = 64) -> Modes:
    """At most `count` modes of the note `span` of samples (T,), above its noise; pitch in Hz, 0 for none."""
    note = samples[span.onset : span.end].astype(np.float64)
    bands = Bands(note, rate, _width(pitch), span.noise)
    ladders = [bands.fit(number) for number in range(1, int(min(TOP, 0.45 * rate) / bands.width))]
    parts = [NOTHING, *_share(ladders, count, round(pitch / bands.width) - 1 if pitch else None)]
    return Modes(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("frequency", "decay", "amplitude"))
    )


def follow(samples: np.ndarray, rate: float, span: Span, pitch: float, leader: Modes, ratio: float) -> Modes:
    """The modes of another note of the same key: mode j is the same partial as mode j of `leader`, found anew.

    ratio: how much higher this note is. Where nothing stands above the noise the amplitude is 0.
    """
    bands = Bands(samples[span.onset : span.end].astype(np.float64), rate, _width(pitch), span.noise)
    frequency, decay = leader.frequency * ratio, leader.decay.copy()
    amplitude = np.zeros(len(leader), complex)
    numbers = np.round(frequency / bands.width).astype(int)
    for number in np.unique(numbers):
        group = np.flatnonzero(numbers == number)
        found = bands.refit(number, frequency[group], decay[group])
        if len(found):
            frequency[group], decay[group], amplitude[group] = found.frequency, found.decay, found.amplitude
    return Modes(frequency, decay, amplitude)


def _width(pitch: float) -> float:
    """Hz of a band: a whole number of them per partial."""
    return pitch / max(round(pitch / WIDTH), 1) if pitch else WIDTH


def _share(ladders: list[list[tuple[Modes, float]]], count: int, lowest: int | None) -> list[Modes]:
    """One step of each band's ladder of ever more modes, so that `count` modes in all leave the least error.

    lowest: the band of the fundamental, which is not left out for being soft: it is what the note is called by.
    """
    steps = [0] * len(ladders)
    if lowest is not None and lowest < len(ladders):
        steps[lowest] = next((step for step, (modes, _) in enumerate(ladders[lowest]) if len(modes)), 0)
    left = count - sum(len(ladder[step][0]) for ladder, step in zip(ladders, steps, strict=True))
    while True:
        best, gain, target = -1, 0.0, 0
        for band, ladder in enumerate(ladders):
            have, error = ladder[steps[band]]
            for step in range(steps[band] + 1, len(ladder)):
                more = len(ladder[step][0]) - len(have)
                if more <= left and (error - ladder[step][1]) / max(more, 0.5) > gain:
                    best, gain, target = band, (error - ladder[step][1]) / max(more, 0.5), step
        if best < 0:
            return [ladder[step][0] for ladder, step in zip(ladders, steps, strict=True)]
        left -= len(ladders[best][target][0]) - len(ladders[best][steps[best]][0])
        steps[best] = target
