"""Poles of the linear part of a state-space network: y = V Wⁿ U c.

Each eigenvalue λ of W writes one pattern of B samples frame after frame, scaled by λ each time: divided by λ^(i/B)
that pattern is periodic, and so is a sum of B exponentials λ^(1/B) e^(2πi m/B).
"""

import numpy as np

MIN_EIGENVALUE = 1e-4  # |λ| below which an eigenvalue belongs to the attack: it decays within a frame or two


def find_poles(weight: np.ndarray, output: np.ndarray, input_matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Poles (M,) of one sample, angles between 0 and π, and residues (K, M) for each column of the input matrix."""
    frame = len(output)
    values, vectors = np.linalg.eig(weight)
    excitation = np.linalg.solve(vectors, input_matrix.astype(complex))
    is_lasting = np.abs(values) > MIN_EIGENVALUE
    values, excitation = values[is_lasting], excitation[is_lasting]
    root = np.exp(np.log(values) / frame)
    pattern = (output @ vectors[:, is_lasting]) * root ** -np.arange(frame)[:, None]
    coefficients = np.fft.fft(pattern, axis=0) / frame  # (m, q)
    rotations = np.exp(2j * np.pi * np.arange(frame) / frame)
    pole = (rotations[:, None] * root).ravel()
    residue = (coefficients.ravel()[:, None] * np.tile(excitation, (frame, 1))).T
    is_positive = (np.angle(pole) > 1e-9) & (np.angle(pole) < np.pi - 1e-6)
    return pole[is_positive], 2 * residue[:, is_positive]


def linear_response(weight: np.ndarray, output: np.ndarray, input_matrix: np.ndarray, samples: int) -> np.ndarray:
    """Response of the linear network to one strike of each column of the input matrix: (K, samples)."""
    h, frames = input_matrix, []
    for _ in range(-(-samples // len(output))):
        frames.append(output @ h)
        h = weight @ h
    return np.concatenate(frames)[:samples].T


def render_modes(pole: np.ndarray, residue: np.ndarray, samples: int) -> np.ndarray:
    """Sound of modes that are struck once: (samples,)."""
    coarse = np.exp(np.log(pole) * 64 * np.arange(-(-samples // 64))[:, None]) * residue
    fine = np.exp(np.log(pole)[:, None] * np.arange(64))
    return np.asarray((coarse @ fine).real.ravel()[:samples])
