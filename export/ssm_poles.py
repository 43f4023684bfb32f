"""The poles of a state-space network without its bends: y = V Wⁿ U c.

Each eigenvalue λ of W writes one pattern of B samples frame after frame, times λ each time: after dividing out
λ^(i/B) that pattern repeats, and so is a sum of B exponentials λ^(1/B) e^(2πi m/B).
"""

import numpy as np

LEAST = 1e-4  # |λ|: what is gone after a frame or two is attack


def poles(weight: np.ndarray, output: np.ndarray, entrance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Poles (M,) of one sample, angles between 0 and π, and residues (K, M) for each column of the entrance."""
    frame = len(output)
    values, vectors = np.linalg.eig(weight)
    struck = np.linalg.solve(vectors, entrance.astype(complex))
    lasting = np.abs(values) > LEAST
    values, struck = values[lasting], struck[lasting]
    root = np.exp(np.log(values) / frame)
    pattern = (output @ vectors[:, lasting]) * root ** -np.arange(frame)[:, None]
    parts = np.fft.fft(pattern, axis=0) / frame  # (m, q)
    turns = np.exp(2j * np.pi * np.arange(frame) / frame)
    pole = (turns[:, None] * root).ravel()
    residue = (parts.ravel()[:, None] * np.tile(struck, (frame, 1))).T
    above = (np.angle(pole) > 1e-9) & (np.angle(pole) < np.pi - 1e-6)
    return pole[above], 2 * residue[:, above]


def response(weight: np.ndarray, output: np.ndarray, entrance: np.ndarray, samples: int) -> np.ndarray:
    """What the linear network answers to one strike of each column of the entrance: (K, samples)."""
    h, written = entrance, []
    for _ in range(-(-samples // len(output))):
        written.append(output @ h)
        h = weight @ h
    return np.concatenate(written)[:samples].T


def ringing(pole: np.ndarray, residue: np.ndarray, samples: int) -> np.ndarray:
    """What modes sound like, struck once: (samples,)."""
    coarse = np.exp(np.log(pole) * 64 * np.arange(-(-samples // 64))[:, None]) * residue
    fine = np.exp(np.log(pole)[:, None] * np.arange(64))
    return np.asarray((coarse @ fine).real.ravel()[:samples])
