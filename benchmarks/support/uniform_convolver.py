"""Uniformly partitioned convolution by FFT: how the articles' instrument plays its resonances in realtime."""

import numpy as np
from numba import njit
from numpy import fft

from engine.simd.vectors import WIDTH, aligned_zeros, fma, load, splat, store


class Convolver:
    """Convolution of few inputs with many responses: overlap-save by blocks, delay line of input spectra.

    responses: (inputs, E, taps); block: a multiple of WIDTH. Its cost is reading the spectra: real and imaginary
    parts are stored apart and cache-aligned, and the sums stay in registers. A spectrum has `block` bins; the highest
    frequency, which like the lowest has no imaginary part, is stored as that of the lowest.
    """

    def __init__(self, responses: np.ndarray, block: int) -> None:
        inputs, variants, taps = responses.shape
        parts = -(-taps // block)
        padded = np.zeros((inputs, variants, parts * block), np.float32)
        padded[..., :taps] = responses
        self.spectra = aligned_zeros((inputs, variants, parts, 2, block))
        _split(fft.rfft(padded.reshape(inputs, variants, parts, block), 2 * block), self.spectra)
        self.delayed = aligned_zeros((inputs, parts, 2, block))
        self.window = np.zeros((inputs, 2 * block), np.float32)
        self.products = aligned_zeros((inputs, variants, 3, block))
        self.newest = 0
        self.block = block

    def __call__(self, audio: np.ndarray) -> np.ndarray:
        """Next block of outputs (inputs, E, block) for a block of inputs (inputs, block)."""
        self.window[:, : self.block] = self.window[:, self.block :]
        self.window[:, self.block :] = audio
        self.newest = (self.newest - 1) % self.delayed.shape[1]
        _split(fft.rfft(self.window), self.delayed[:, self.newest])
        _multiply(self.spectra, self.delayed, self.newest, self.products)
        return fft.irfft(self._spectra())[..., self.block :]

    def _spectra(self) -> np.ndarray:
        """Spectra (inputs, E, block + 1) of the products."""
        real, imaginary, cross = np.moveaxis(self.products, -2, 0)
        spectra = np.empty((*real.shape[:-1], self.block + 1), np.complex64)
        spectra[..., :-1].real, spectra[..., :-1].imag = real - imaginary, cross
        spectra[..., 0], spectra[..., -1] = real[..., 0], imaginary[..., 0]
        return spectra


def _split(spectra: np.ndarray, parts: np.ndarray) -> None:
    """Write the real and imaginary parts (..., 2, block) of spectra (..., block + 1)."""
    parts[..., 0, :], parts[..., 1, :] = spectra[..., :-1].real, spectra[..., :-1].imag
    parts[..., 1, 0] = spectra[..., -1].real


@njit(cache=True, error_model="numpy")
def _multiply(spectra, delayed, newest, products):
    """Sum over the parts of response times delayed input: real by real, imaginary by imaginary, and crossed."""
    inputs, variants, parts, _, bins = spectra.shape
    for response in range(inputs * variants):
        for k in range(0, bins, WIDTH):
            real = imaginary = cross = splat(np.float32(0))
            for part in range(parts):
                h = (response * parts + part) * 2 * bins + k
                x = (response // variants * parts + (newest + part) % parts) * 2 * bins + k
                h_re, h_im = load(spectra, h), load(spectra, h + bins)
                x_re, x_im = load(delayed, x), load(delayed, x + bins)
                real, imaginary = fma(h_re, x_re, real), fma(h_im, x_im, imaginary)
                cross = fma(h_re, x_im, fma(h_im, x_re, cross))
            target = response * 3 * bins + k
            store(products, target, real)
            store(products, target + bins, imaginary)
            store(products, target + 2 * bins, cross)
