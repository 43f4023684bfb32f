"""Where the modes of a model stand in the stereo field of the recording that it was learned from."""

import numpy as np
import torch

from train.resonance.model import Resonance
from train.spectral_loss import magnitudes

WINDOW, HOP = 2048, 512  # samples
MONO = 1e-4  # of the energy: a difference of the sides that is less is none
DOUBT = 0.5  # how much the place of its resonance counts for a mode of usual energy
BAND = 1.5  # bins beside a mode that are listened to


def places(model: Resonance, stereo: np.ndarray) -> np.ndarray:
    """Places (R, E, J), −1 left … 1 right, from the sides (2, N) of the segment; all 0 if they are the same.

    The model is fitted to the middle only. Each point of the sides' spectrograms is divided among the resonances by
    what they contribute there, and a mode listens to the points near its frequency, on the left and on the right.
    """
    sizes = model.sizes
    if len(stereo) < 2 or np.square(stereo[0] - stereo[1]).sum() <= MONO * np.square(stereo).sum():
        return np.zeros((sizes.resonances, sizes.variants, sizes.modes))
    with torch.no_grad():
        voices = model.voices(model.draw(torch.Generator().manual_seed(0))).cpu()
        frequency = model.modes().angle.cpu().numpy() * WINDOW / (2 * np.pi)  # bins
    share = np.stack([_energy(voice) for voice in voices])  # (R, F, B)
    share /= share.sum(0) + 1e-9
    sides = [_energy(torch.from_numpy(np.ascontiguousarray(side[: sizes.frames], np.float32))) for side in stereo]
    frames = min(len(sides[0]), share.shape[1])
    heard = np.stack([np.einsum("rfb,fb->rb", share[:, :frames], side[:frames]) for side in sides])  # (2, R, B)
    whole = heard.sum(2)[:, :, None, None]
    near = np.stack([_near(heard[:, r], frequency[r]) for r in range(sizes.resonances)], 1)
    usual = near.sum(0).mean((1, 2), keepdims=True)
    return _place(near / (usual + 1e-12) + DOUBT * whole / (whole.sum(0) + 1e-12))


def _energy(sound: torch.Tensor) -> np.ndarray:
    """Spectrogram (F, B) of a sound (N,), squared."""
    return np.square(magnitudes(sound, WINDOW, HOP).numpy())


def _near(heard: np.ndarray, bins: np.ndarray) -> np.ndarray:
    """Energies (2, B) near each mode (E, J) at so many bins: (2, E, J)."""
    weight = np.abs(np.arange(heard.shape[1]) - bins[..., None]) <= BAND
    return np.einsum("sb,ejb->sej", heard, weight.astype(np.float64))


def _place(energy: np.ndarray) -> np.ndarray:
    """The place whose gains √2·cos, √2·sin of (place + 1)·π/4 are as energies left and right (2, …)."""
    return 4 / np.pi * np.arctan2(np.sqrt(energy[1]), np.sqrt(energy[0])) - 1
