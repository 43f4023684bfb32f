"""Decoders in ONNX files of several recurrent layers and of other types decode as onnxruntime does voice by voice."""

import numpy as np
import onnxruntime
import pytest

from engine.instruments.ddsp.onnx_decoder import OnnxDecoder
from engine.preset.preset_file import PresetError
from tests.support.onnx_decoders import BANDS, HARMONICS, UNITS, write_stacked_gru

FRAMES, VOICES = 5, 3


def naive_frames(path, dtype, pitch, loudness):
    """The heads (frames, voices, 1 + H + N), each voice decoded by itself, with a state as the file has it."""
    session = onnxruntime.InferenceSession(str(path))
    layers = session.get_inputs()[2].shape[0]
    heads = np.zeros((FRAMES, VOICES, 1 + HARMONICS + BANDS))
    for voice in range(VOICES):
        state = np.zeros((layers, 1, UNITS), dtype)
        for frame in range(FRAMES):
            inputs = {"pitch": pitch[frame, voice], "loudness": loudness[frame, voice]}
            arrays = {name: np.full((1, 1), value, dtype) for name, value in inputs.items()}
            *parts, state = session.run(["amplitude", "harmonics", "noise", "next_state"], {**arrays, "state": state})
            heads[frame, voice] = np.concatenate(parts, axis=1)[0]
    return heads


@pytest.mark.parametrize(("layers", "dtype"), [(1, np.float32), (2, np.float32), (3, np.float32), (2, np.float16)])
def test_layers_of_every_voice_go_on_from_their_own_state(tmp_path, random, layers, dtype):
    path = tmp_path / "decoder.onnx"
    write_stacked_gru(path, layers, dtype)
    decoder = OnnxDecoder(path)
    assert (decoder.units, decoder.harmonics, decoder.bands) == (layers * UNITS, HARMONICS, BANDS)
    pitch, loudness = random.uniform(100, 900, (FRAMES, VOICES)), random.uniform(-60, 0, (FRAMES, VOICES))
    state, expected = np.zeros((VOICES, decoder.units), np.float32), naive_frames(path, dtype, pitch, loudness)
    for frame in range(FRAMES):
        heads, state = decoder.decode(pitch[frame], loudness[frame], state)
        assert heads.dtype == state.dtype == np.float32
        np.testing.assert_allclose(heads, expected[frame], atol=2e-3 if dtype == np.float16 else 1e-6)
    assert np.ptp(expected, axis=0).max() > 0.01  # the states matter


@pytest.mark.parametrize(
    ("sizes", "batch"), [({"batch": 1}, 1), ({"batch": 4}, 4), ({"state_batch": 1}, 1), ({"batch": "any"}, None)]
)
def test_a_number_of_voices_that_any_input_fixes_is_kept(tmp_path, sizes, batch):
    write_stacked_gru(tmp_path / "decoder.onnx", **sizes)
    assert OnnxDecoder(tmp_path / "decoder.onnx").batch == batch


@pytest.mark.parametrize(
    ("sizes", "why"),
    [
        ({"batch": 2, "state_batch": 3}, "its inputs are for 2, 2, 3 voices"),
        ({"layer_size": "L"}, "its state has 'L' layers; a number from 1"),
        ({"layer_size": 3}, "no ONNX model that can be run"),
        ({"dtype": np.float64}, "it fails at its first frame: .*does not support double"),
    ],
)
def test_sizes_that_cannot_be_played_are_refused_in_one_line(tmp_path, sizes, why):
    write_stacked_gru(tmp_path / "decoder.onnx", **sizes)
    with pytest.raises(PresetError, match=why) as caught:
        OnnxDecoder(tmp_path / "decoder.onnx")
    assert "\n" not in str(caught.value)
