"""Basic waveforms for events: sine, sawtooth, square and triangle at fixed frequencies."""

import numpy as np

SHAPES = ("sine", "sawtooth", "square", "triangle")
CYCLE_SAMPLES = 4096  # points of the table of one cycle


def wave_bank(
    frequencies: np.ndarray, shapes: tuple[str, ...], samples: int, rate: float, limited: bool
) -> np.ndarray:
    """Waves of all shapes at all frequencies in Hz: (frequencies · shapes, samples) float32, shapes varying fastest.

    Each has a mean square of 1. limited: band-limited to half the rate.
    """
    time = np.arange(samples) / rate
    rows = np.empty((len(frequencies), len(shapes), samples), np.float32)
    one_cycles = wave_cycles(frequencies, shapes, rate, limited).reshape(len(frequencies), len(shapes), -1)
    for row, waves_of, frequency in zip(rows, one_cycles, frequencies.tolist(), strict=True):
        position = frequency * time % 1 * CYCLE_SAMPLES
        point = position.astype(np.intp)
        share = position - point
        for wave, cycle in zip(row, waves_of, strict=True):
            wave[:] = np.diff(cycle)[point] * share + cycle[point]
    return rows.reshape(-1, samples)


def wave_cycles(frequencies: np.ndarray, shapes: tuple[str, ...], rate: float, limited: bool) -> np.ndarray:
    """One cycle of each wave of `wave_bank`, first point repeated: (frequencies · shapes, CYCLE_SAMPLES + 1)."""
    limits = [int(0.5 * rate / f) if limited else CYCLE_SAMPLES // 4 for f in frequencies.tolist()]
    rows = np.stack([_cycle(shape, up_to) for up_to in limits for shape in shapes])
    return np.concatenate([rows, rows[:, :1]], axis=1)


def _cycle(shape: str, max_harmonics: int) -> np.ndarray:
    """One cycle (CYCLE_SAMPLES,) of a shape with a number of harmonics."""
    numbers = np.arange(1, min(max(max_harmonics, 1), CYCLE_SAMPLES // 4) + 1)
    amplitudes = {
        "sine": (numbers == 1).astype(float),
        "sawtooth": 1 / numbers,
        "square": (numbers % 2) / numbers,
        "triangle": (numbers % 2) * np.where(numbers % 4 == 1, 1.0, -1.0) / numbers**2,
    }[shape]
    spectrum = np.zeros(CYCLE_SAMPLES // 2 + 1, complex)
    spectrum[numbers] = -1j * amplitudes
    cycle = np.fft.irfft(spectrum)
    return np.asarray(cycle / np.sqrt((cycle**2).mean()))
