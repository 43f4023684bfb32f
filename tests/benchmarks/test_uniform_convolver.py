"""Partitioned convolution is convolution."""

import numpy as np

from benchmarks.support.uniform_convolver import Convolver
from engine.simd.vectors import WIDTH


def test_partitioned_convolution_is_convolution():
    noise, block = np.random.default_rng(5), WIDTH
    responses, u = noise.standard_normal((2, 3, 5 * block // 2)).astype(np.float32), noise.standard_normal((2, 400))
    convolver = Convolver(responses, block)
    out = np.concatenate([convolver(u[:, t : t + block]) for t in range(0, 400 - block + 1, block)], -1)
    for r, e in np.ndindex(2, 3):
        expected = np.convolve(u[r], responses[r, e])[: out.shape[-1]]
        np.testing.assert_allclose(out[r, e], expected, atol=1e-4)
