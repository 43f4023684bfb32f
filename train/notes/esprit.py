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
MAX_EVALUATIONS = 60
"""Evaluations of the error of poles, at most."""
RIDGE = 1e-9
"""Ridge of the amplitudes of poles that may be equal, relative to the trace of their normal equations."""
POWER_BLOCK = 64
"""Powers of a pole that are computed by products with one other power."""


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

    def jacobian(values: np.ndarray) -> np.ndarray:
        columns = _error_slopes(band, weight, poles_of(values))
        decays = np.exp(np.clip(values[:order], low, high)) * ((values[:order] > low) & (values[:order] < high))
        slopes = np.concatenate([-decays[:, None] * columns, 1j * columns])
        return np.concatenate([slopes.real, slopes.imag], axis=1).T

    initial = np.concatenate([np.log(-np.log(np.abs(poles))), np.angle(poles)])
    solution = least_squares(error, initial, jacobian, method="lm", max_nfev=MAX_EVALUATIONS, xtol=1e-5, ftol=1e-5)
    return poles_of(solution.x)


def solve_bounded(band: np.ndarray, weight: np.ndarray, poles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Like `solve_amplitudes`, but with a ridge that keeps modes which nearly cancel from exceeding the band."""
    for ridge in (RIDGE, 1e-4, 1e-3, 1e-2, 1e-1, 1.0):
        amplitudes, residual = solve_amplitudes(band, weight, poles, ridge)
        if np.abs(amplitudes).max() <= MAX_AMPLITUDE_RATIO * np.abs(band).max():
            break
    return amplitudes, residual


def solve_amplitudes(
    band: np.ndarray, weight: np.ndarray, poles: np.ndarray, ridge: float = RIDGE
) -> tuple[np.ndarray, np.ndarray]:
    """Amplitudes (P,) of poles in a band (T,) by weighted least squares, and the residual (T,)."""
    exponentials = _exponentials(poles, len(band))
    weighted = (exponentials * weight**2).conj()
    amplitudes = np.linalg.solve(_normal_matrix(weighted, exponentials, ridge), weighted @ band)
    return amplitudes, band - amplitudes @ exponentials


def match_poles(poles: np.ndarray, references: np.ndarray) -> np.ndarray:
    """Order poles like the references nearest to them; a pole that left the band is replaced by its reference."""
    cost = np.abs(np.angle(poles[None] / references[:, None])) + 0.02 * np.abs(
        np.log(np.log(np.abs(poles[None])) / np.log(np.abs(references[:, None])))
    )
    poles = poles[linear_sum_assignment(cost)[1]]
    return np.where(np.abs(np.angle(poles)) > 0.6 * np.pi, references, poles)


def _error_slopes(band: np.ndarray, weight: np.ndarray, poles: np.ndarray) -> np.ndarray:
    """Derivatives (P, T) of the weighted residual by the logarithm of each pole, amplitudes following (Kaufman 1975).

    What is left out of them is orthogonal to the residual where it is least.
    """
    exponentials = _exponentials(poles, len(band))
    weighted = (exponentials * weight**2).conj()
    normal = _normal_matrix(weighted, exponentials, RIDGE)
    amplitudes = np.linalg.solve(normal, weighted @ band)
    slopes = exponentials * (amplitudes[:, None] * np.arange(len(band)))
    return np.asarray(weight * (np.linalg.solve(normal, weighted @ slopes.T).T @ exponentials - slopes))


def _exponentials(poles: np.ndarray, count: int) -> np.ndarray:
    """Powers 0 … count − 1 of poles (P,): (P, count), as products of coarse and fine ones."""
    logs = np.log(poles)[:, None]
    coarse = np.exp(logs * (POWER_BLOCK * np.arange(-(-count // POWER_BLOCK))))
    fine = np.exp(logs * np.arange(POWER_BLOCK))
    return np.asarray((coarse[:, :, None] * fine[:, None]).reshape(len(poles), -1)[:, :count])


def _normal_matrix(weighted: np.ndarray, exponentials: np.ndarray, ridge: float) -> np.ndarray:
    """The matrix (P, P) of the normal equations of amplitudes."""
    normal = weighted @ exponentials.T
    return np.asarray(normal + ridge * np.trace(normal).real * np.eye(len(normal)))


def _clip_decay(poles: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Clip decays to the limits; growing poles, due to beats or noise, are reflected into the unit circle."""
    decay = np.clip(np.abs(np.log(np.abs(poles))), 1.01 * limits[0], 0.99 * limits[1])
    return np.asarray(poles / np.abs(poles) * np.exp(-decay))
