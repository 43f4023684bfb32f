"""Faults of a recording: too short, silent, clipped, noisy, offset."""

from pathlib import Path

import numpy as np

from .recording import MIN_SECONDS, SILENCE_PEAK_DBFS, RecordingError


def check(samples: np.ndarray, rate: float) -> list[str]:
    """Faults of samples (C, T) for learning, one sentence each."""
    found = []
    frames = samples.shape[1]
    peak = float(np.abs(samples).max(initial=0.0))
    if frames < MIN_SECONDS * rate:
        found.append(f"The recording is too short: {frames / rate:.2f} s, and at least {MIN_SECONDS:g} s are needed.")
    if peak < 10 ** (SILENCE_PEAK_DBFS / 20):
        return [*found, "The recording is silent."]
    if peak < 10 ** (-40 / 20):
        found.append(f"The recording is very soft: its peak is {_level(peak):.0f} dBFS, -40 or more is better.")
    clipped = _clipped(samples, peak)
    if clipped:
        found.append(f"The recording is clipped: {clipped} times several samples in a row stand at its peak.")
    offset = float(np.abs(samples.mean(axis=1)).max())
    if offset > 0.02 * peak:
        found.append(f"The recording is off centre by {100 * offset / peak:.0f} % of its peak (DC).")
    floor = noise_level(samples, rate)
    if floor > _level(peak) - 30:
        above = _level(peak) - floor
        found.append(
            f"The recording is noisy, or does not die away: its floor is only {above:.0f} dB below its peak."
        )
    return found


def check_usable(samples: np.ndarray, rate: float, path: str | Path) -> list[str]:
    """Faults of samples (C, T) of a file; RecordingError if nothing can be learned from them."""
    found = check(samples, rate)
    if samples.shape[1] < MIN_SECONDS * rate or np.abs(samples).max(initial=0.0) < 10 ** (SILENCE_PEAK_DBFS / 20):
        raise RecordingError(f"{Path(path).name}: {' '.join(found)}")
    return found


def noise_level(samples: np.ndarray, rate: float) -> float:
    """Level in dBFS of the quietest twentieth of samples (C, T), digital silence left out."""
    step = max(int(0.02 * rate), 1)
    mono = samples.mean(axis=0)
    blocks = mono[: len(mono) // step * step].reshape(-1, step)
    levels = np.sqrt((blocks**2).mean(axis=1))
    audible = levels[levels > 1e-6]
    return _level(float(np.percentile(audible, 5))) if len(audible) else -120.0


def _clipped(samples: np.ndarray, peak: float) -> int:
    """How often three or more samples in a row are at the peak."""
    at_peak = np.abs(samples) >= peak * (1 - 1e-4)
    runs = at_peak[:, :-2] & at_peak[:, 1:-1] & at_peak[:, 2:]
    return int((runs[:, 1:] & ~runs[:, :-1]).sum() + runs[:, 0].sum()) if runs.size else 0


def _level(amplitude: float) -> float:
    return float(20 * np.log10(max(amplitude, 1e-6)))
