"""Fixed waves of which events are mixed: sine, sawtooth, square or triangle at fixed frequencies."""

import numpy as np

SHAPES = ("sine", "sawtooth", "square", "triangle")
CYCLE = 4096  # points of the one cycle that a wave is read from


def bank(frequencies: np.ndarray, shapes: tuple[str, ...], samples: int, rate: float, limited: bool) -> np.ndarray:
    """All shapes at all frequencies in Hz: (frequencies · shapes, samples) float32, a shape varying fastest.

    Each has a mean square of 1. limited: without what lies above half the rate, which would fold back.
    """
    time = np.arange(samples) / rate
    rows = np.empty((len(frequencies), len(shapes), samples), np.float32)
    drawn = cycles(frequencies, shapes, rate, limited).reshape(len(frequencies), len(shapes), -1)
    for row, some, frequency in zip(rows, drawn, frequencies.tolist(), strict=True):
        phase = frequency * time % 1
        for wave, cycle in zip(row, some, strict=True):
            wave[:] = np.interp(phase * CYCLE, np.arange(CYCLE + 1), cycle)
    return rows.reshape(-1, samples)


def cycles(frequencies: np.ndarray, shapes: tuple[str, ...], rate: float, limited: bool) -> np.ndarray:
    """One cycle of each wave of `bank`, its first point again at the end: (frequencies · shapes, CYCLE + 1)."""
    most = [int(0.5 * rate / frequency) if limited else CYCLE // 4 for frequency in frequencies.tolist()]
    rows = np.stack([_cycle(shape, up_to) for up_to in most for shape in shapes])
    return np.concatenate([rows, rows[:, :1]], axis=1)


def _cycle(shape: str, most: int) -> np.ndarray:
    """One cycle (CYCLE,) of a shape, up to a harmonic."""
    numbers = np.arange(1, min(max(most, 1), CYCLE // 4) + 1)
    heights = {
        "sine": (numbers == 1).astype(float),
        "sawtooth": 1 / numbers,
        "square": (numbers % 2) / numbers,
        "triangle": (numbers % 2) * np.where(numbers % 4 == 1, 1.0, -1.0) / numbers**2,
    }[shape]
    spectrum = np.zeros(CYCLE // 2 + 1, complex)
    spectrum[numbers] = -1j * heights
    cycle = np.fft.irfft(spectrum)
    return np.asarray(cycle / np.sqrt((cycle**2).mean()))
