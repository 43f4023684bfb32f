"""Stereo positions of a model's modes in the recording that it was learned from."""

import numpy as np
import torch

from train.resonance.model import ResonanceModel
from train.spectral_loss import magnitudes

WINDOW, HOP = 2048, 512  # samples
MAX_MONO_RATIO = (
    1e-4  # energy of the difference of the channels, relative to their energy, up to which they count as mono
)
RESONANCE_WEIGHT = 0.5  # weight of the resonance's position against that of a mode of mean energy
BAND_BINS = 1.5  # bins on either side of a mode


def stereo_positions(model: ResonanceModel, stereo: np.ndarray) -> np.ndarray:
    """Positions (R, E, J), −1 left … 1 right, from the channels (2, N) of the segment; all 0 if it is mono.

    The model is fitted to the mono mix only. Each point of the channels' spectrograms is distributed over the
    resonances in proportion to their energy there; the position of a mode follows from the points near its frequency.
    """
    sizes = model.sizes
    if len(stereo) < 2 or np.square(stereo[0] - stereo[1]).sum() <= MAX_MONO_RATIO * np.square(stereo).sum():
        return np.zeros((sizes.resonances, sizes.variants, sizes.modes))
    with torch.no_grad():
        sounds = model.render_resonances(model.draw_noise(torch.Generator().manual_seed(0))).cpu()
        frequency = model.modes().angle.cpu().numpy() * WINDOW / (2 * np.pi)  # bins
    share = np.stack([_energy(sound) for sound in sounds])  # (R, F, B)
    share /= share.sum(0) + 1e-9
    channels = [
        _energy(torch.from_numpy(np.ascontiguousarray(channel[: sizes.frames], np.float32))) for channel in stereo
    ]
    frames = min(len(channels[0]), share.shape[1])
    energies = np.stack(
        [np.einsum("rfb,fb->rb", share[:, :frames], channel[:frames]) for channel in channels]
    )  # (2, R, B)
    resonance_energies = energies.sum(2)[:, :, None, None]
    mode_energies = np.stack([_energy_near(energies[:, r], frequency[r]) for r in range(sizes.resonances)], 1)
    mean_energies = mode_energies.sum(0).mean((1, 2), keepdims=True)
    return _position(
        mode_energies / (mean_energies + 1e-12)
        + RESONANCE_WEIGHT * resonance_energies / (resonance_energies.sum(0) + 1e-12)
    )


def _energy(sound: torch.Tensor) -> np.ndarray:
    """Power spectrogram (F, B) of a sound (N,)."""
    return np.square(magnitudes(sound, WINDOW, HOP).numpy())


def _energy_near(energies: np.ndarray, bins: np.ndarray) -> np.ndarray:
    """Energies (2, E, J) near modes (E, J) at given bins, from energies (2, B)."""
    weight = np.abs(np.arange(energies.shape[1]) - bins[..., None]) <= BAND_BINS
    return np.einsum("sb,ejb->sej", energies, weight.astype(np.float64))


def _position(energy: np.ndarray) -> np.ndarray:
    """Position whose gains √2·cos, √2·sin of (position + 1)·π/4 match the energies left and right (2, …)."""
    return 4 / np.pi * np.arctan2(np.sqrt(energy[1]), np.sqrt(energy[0])) - 1
