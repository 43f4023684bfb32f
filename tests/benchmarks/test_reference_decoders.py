"""The decoder's peers compute what the engine does."""

import numpy as np
import pytest

from benchmarks.support.reference_decoders import onnx_decoder, torch_decoder
from engine.kinds.ddsp import random_preset
from tests.engine.dsp.test_decoder import decoded, features


@pytest.mark.parametrize("peer", [torch_decoder, onnx_decoder])
def test_every_peer_computes_the_same_as_the_kernel(peer):
    _, tensors = random_preset(64, 20, seed=2)
    inputs = features(1, frames=5)
    frame = peer(tensors)
    outputs = [frame(float(pitch), float(loudness)) for pitch, loudness in inputs[0]]
    np.testing.assert_allclose(outputs, decoded(tensors, inputs)[0], atol=2e-6)
