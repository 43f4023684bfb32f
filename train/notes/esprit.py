"""Poles of a short complex signal: ESPRIT (Roy & Kailath 1989), refined by nonlinear least squares.

Only the poles are searched; the amplitudes follow from them (variable projection, Golub & Pereyra 1973).
Decays are per sample of the signal and stay within limits.
"""

import numpy as np
from scipy.optimize import least_squares, linear_sum_assignment

MAX_AMPLITUDE_RATIO = 1.5
"""Maximum amplitude of a mode, relative to the peak of the band."""
MAX_HANKEL_ROWS = 72
"""Rows of ESPRIT's Hankel matrix."""
DECAY_COMPENSATION = 0.7
"""Fraction of a band's mean decay that is removed before ESPRIT."""


def esprit(band: np.ndarray, order: int, limits: tuple[float, float]) -> np.ndarray:
    """Estimate the poles (order,) of a sum of damped exponentials (T,), whose mean decay is partly removed first."""
    n = np.arange(len(band))
    slope = min(float(np.polyfit(n, np.log(np.abs(band) + 1e-12), 1)[0]), 0.0) * DECAY_COMPENSATION
    rows = int(np.clip(len(band) // 2, order + 1, MAX_HANKEL_ROWS))
    hankel = np.lib.stride_tricks.sliding_window_view(band * np.exp(-slope * n), rows).T
    _, vectors = np.linalg.eigh(hankel @ hankel.conj().T)
    subspace = vectors[:, -order:]
    poles = np.linalg.eigvals(np.linalg.lstsq(subspace[:-1], subspace[1:], rcond=None)[0])
    return _clip_decay(poles * np.exp(slope), limits)


def refine_poles(band: np.ndarray, weight: np.ndarray, poles: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Move poles to the minimum of the weighted squared error."""
    order, (low, high) = len(poles), np.log(limits)

    def poles_of(values: np.ndarray) -> np.ndarray:
        return np.exp(-np.exp(np.clip(values[:order], low, high)) + 1j * values[order:])

    def error(values: np.ndarray) -> np.ndarray:
        residual = weight * solve_amplitudes(band, weight, poles_of(values))[1]
        return np.concatenate([residual.real, residual.imag])

    initial = np.concatenate([np.log(-np.log(np.abs(poles))), np.angle(poles)])
    solution = least_squares(error, initial, method="lm", max_nfev=30 * order, xtol=1e-5, ftol=1e-5)
    return poles_of(solution.x)


def solve_bounded(band: np.ndarray, weight: np.ndarray, poles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Like `solve_amplitudes`, but with a ridge that keeps modes which nearly cancel from exceeding the band."""
    for ridge in (1e-9, 1e-4, 1e-3, 1e-2, 1e-1, 1.0):
        amplitudes, residual = solve_amplitudes(band, weight, poles, ridge)
        if np.abs(amplitudes).max() <= MAX_AMPLITUDE_RATIO * np.abs(band).max():
            break
    return amplitudes, residual


def solve_amplitudes(
    band: np.ndarray, weight: np.ndarray, poles: np.ndarray, ridge: float = 1e-9
) -> tuple[np.ndarray, np.ndarray]:
    """Amplitudes (P,) of poles in a band (T,) by weighted least squares, and the residual (T,)."""
    exponentials = np.exp(np.log(poles)[:, None] * np.arange(len(band)))
    weighted = (exponentials * weight**2).conj()
    normal = weighted @ exponentials.T
    normal += ridge * np.trace(normal).real * np.eye(len(poles))
    amplitudes = np.linalg.solve(normal, weighted @ band)
    return amplitudes, band - amplitudes @ exponentials


def match_poles(poles: np.ndarray, references: np.ndarray) -> np.ndarray:
    """Order poles like the references nearest to them; a pole that left the band is replaced by its reference."""
    cost = np.abs(np.angle(poles[None] / references[:, None])) + 0.02 * np.abs(
        np.log(np.log(np.abs(poles[None])) / np.log(np.abs(references[:, None])))
    )
    poles = poles[linear_sum_assignment(cost)[1]]
    return np.where(np.abs(np.angle(poles)) > 0.6 * np.pi, references, poles)


def _clip_decay(poles: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Clip decays to the limits; growing poles, due to beats or noise, are reflected into the unit circle."""
    decay = np.clip(np.abs(np.log(np.abs(poles))), 1.01 * limits[0], 0.99 * limits[1])
    return np.asarray(poles / np.abs(poles) * np.exp(-decay))
