"""Uniformly partitioned convolution by FFT: how the articles' instrument plays its resonances in realtime."""

import numpy as np
from numba import njit
from numpy import fft


class Convolver:
    """Many responses on few inputs, block by block, overlap-save with a delay line of input spectra.

    responses: (inputs, E, taps). Real and imaginary parts stand apart, so that products become vectors.
    """

    def __init__(self, responses: np.ndarray, block: int) -> None:
        inputs, variants, taps = responses.shape
        parts = -(-taps // block)
        whole = np.zeros((inputs, variants, parts * block), np.float32)
        whole[..., :taps] = responses
        spectra = fft.rfft(whole.reshape(inputs, variants, parts, block), 2 * block)
        self.spectra = np.stack([spectra.real, spectra.imag], -2).astype(np.float32)
        self.delayed = np.zeros((inputs, parts, 2, block + 1), np.float32)
        self.window = np.zeros((inputs, 2 * block), np.float32)
        self.product = np.zeros((inputs, variants, block + 1), np.complex64)
        self.newest = 0
        self.block = block

    def __call__(self, audio: np.ndarray) -> np.ndarray:
        """The next block of outputs (inputs, E, block) for a block of inputs (inputs, block)."""
        self.window[:, : self.block] = self.window[:, self.block :]
        self.window[:, self.block :] = audio
        spectrum = fft.rfft(self.window)
        self.newest = (self.newest - 1) % self.delayed.shape[1]
        self.delayed[:, self.newest, 0], self.delayed[:, self.newest, 1] = spectrum.real, spectrum.imag
        _multiply(self.spectra, self.delayed, self.newest, self.product)
        return fft.irfft(self.product)[..., self.block :]


@njit(cache=True, error_model="numpy", fastmath=True)
def _multiply(spectra, delayed, newest, product):
    """Sum over the parts: spectrum of the response times spectrum of the input as long ago."""
    inputs, variants, parts, _, bins = spectra.shape
    re, im = np.zeros(bins, np.float32), np.zeros(bins, np.float32)
    for r in range(inputs):
        for e in range(variants):
            re[:] = 0
            im[:] = 0
            for part in range(parts):
                line = (newest + part) % parts
                h_re, h_im = spectra[r, e, part, 0], spectra[r, e, part, 1]
                x_re, x_im = delayed[r, line, 0], delayed[r, line, 1]
                for k in range(bins):
                    re[k] += h_re[k] * x_re[k] - h_im[k] * x_im[k]
                    im[k] += h_re[k] * x_im[k] + h_im[k] * x_re[k]
            for k in range(bins):
                product[r, e, k] = complex(re[k], im[k])
