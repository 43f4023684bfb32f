"""Poles of a short complex signal: found by ESPRIT (Roy & Kailath 1989), sharpened by least squares.

Only the poles are searched; the amplitudes follow from them (variable projection, Golub & Pereyra 1973).
Decays are per sample of the signal and stay between two limits.
"""

import numpy as np
from scipy.optimize import least_squares, linear_sum_assignment

LARGEST = 1.5
"""How much stronger than the band a mode may be."""
ROWS = 72
"""Rows of the Hankel matrix of ESPRIT."""
LIFT = 0.7
"""What part of a band's mean decay is taken out before ESPRIT."""


def esprit(band: np.ndarray, order: int, limits: tuple[float, float]) -> np.ndarray:
    """Poles (order,) of a sum of damped exponentials (T,), which is first held up against its mean decay."""
    n = np.arange(len(band))
    slope = min(float(np.polyfit(n, np.log(np.abs(band) + 1e-12), 1)[0]), 0.0) * LIFT
    rows = int(np.clip(len(band) // 2, order + 1, ROWS))
    hankel = np.lib.stride_tricks.sliding_window_view(band * np.exp(-slope * n), rows).T
    _, vectors = np.linalg.eigh(hankel @ hankel.conj().T)
    space = vectors[:, -order:]
    poles = np.linalg.eigvals(np.linalg.lstsq(space[:-1], space[1:], rcond=None)[0])
    return _inside(poles * np.exp(slope), limits)


def sharpen(band: np.ndarray, weight: np.ndarray, poles: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Poles moved to the least weighted error."""
    order, (low, high) = len(poles), np.log(limits)

    def poles_of(values: np.ndarray) -> np.ndarray:
        return np.exp(-np.exp(np.clip(values[:order], low, high)) + 1j * values[order:])

    def error(values: np.ndarray) -> np.ndarray:
        left = weight * project(band, weight, poles_of(values))[1]
        return np.concatenate([left.real, left.imag])

    start = np.concatenate([np.log(-np.log(np.abs(poles))), np.angle(poles)])
    found = least_squares(error, start, method="lm", max_nfev=30 * order, xtol=1e-5, ftol=1e-5)
    return poles_of(found.x)


def bounded(band: np.ndarray, weight: np.ndarray, poles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Like `project`, but no amplitude is far above the band: modes that nearly cancel bear no change."""
    for ridge in (1e-9, 1e-4, 1e-3, 1e-2, 1e-1, 1.0):
        amplitudes, left = project(band, weight, poles, ridge)
        if np.abs(amplitudes).max() <= LARGEST * np.abs(band).max():
            break
    return amplitudes, left


def project(
    band: np.ndarray, weight: np.ndarray, poles: np.ndarray, ridge: float = 1e-9
) -> tuple[np.ndarray, np.ndarray]:
    """Amplitudes (P,) of poles in a band (T,) by weighted least squares, and what is left of it (T,)."""
    table = np.exp(np.log(poles)[:, None] * np.arange(len(band)))
    weighted = (table * weight**2).conj()
    square = weighted @ table.T
    square += ridge * np.trace(square).real * np.eye(len(poles))
    amplitudes = np.linalg.solve(square, weighted @ band)
    return amplitudes, band - amplitudes @ table


def paired(poles: np.ndarray, leaders: np.ndarray) -> np.ndarray:
    """Poles in the order of the leaders that they are nearest to; one that has left the band is its leader again."""
    cost = np.abs(np.angle(poles[None] / leaders[:, None])) + 0.02 * np.abs(
        np.log(np.log(np.abs(poles[None])) / np.log(np.abs(leaders[:, None])))
    )
    poles = poles[linear_sum_assignment(cost)[1]]
    return np.where(np.abs(np.angle(poles)) > 0.6 * np.pi, leaders, poles)


def _inside(poles: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Poles with a decay within limits: what grows is a beat or noise, and is turned inside."""
    decay = np.clip(np.abs(np.log(np.abs(poles))), 1.01 * limits[0], 0.99 * limits[1])
    return np.asarray(poles / np.abs(poles) * np.exp(-decay))
