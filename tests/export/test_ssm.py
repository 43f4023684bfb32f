"""An exported state-space model: the engine, ONNX and the exact modes against torch."""

import numpy as np
import onnxruntime
import pytest
import torch

from engine.preset.preset_file import PresetError, read, write
from engine.reference_output import deviation, render_probe
from export.loudness import TARGET_LUFS, normalize
from export.onnx import make_model
from export.ssm import clip_singular_values, is_drum, make_header, make_preset
from export.ssm_as_modes import as_modes
from export.ssm_poles import find_poles, linear_response, render_modes
from train.ssm.config import Config, Sizes
from train.ssm.model import StateSpaceModel
from train.trainer import LearnedModel

SIZES = Sizes(control=6, state=32, frame=128, samples=2**14)


def model(radius: float = 0.97) -> StateSpaceModel:
    """A ringing network with a sparse control signal."""
    generator = torch.Generator().manual_seed(3)
    made = StateSpaceModel(SIZES, generator)
    with torch.no_grad():
        made.recurrence.copy_(radius * torch.linalg.qr(torch.randn(32, 32, generator=generator))[0])
        made.projection.mul_(100)
        made.output.mul_(4)
        kept = torch.rand(made.control.shape, generator=generator) < 0.05
        made.control.mul_(kept)
    return made


@pytest.fixture(scope="module")
def learned():
    return LearnedModel(model(), Config(sizes=SIZES), [3.0, 2.0], 1.0, False)


@pytest.fixture(scope="module")
def made(learned):
    return make_preset(learned, "0", name="network")


def test_the_engine_equals_the_model(made, learned):
    assert deviation(made) < -100
    sound = render_probe(made, {"performance": "learned", "samples": SIZES.samples})
    expected = learned.model().detach().numpy()
    assert np.linalg.norm(sound - expected) < 1e-5 * np.linalg.norm(expected)


def test_frames_in_onnx_equal_those_of_the_model(made, learned):
    session = onnxruntime.InferenceSession(make_model(made).SerializeToString())
    control = learned.model.gated_control().detach().numpy()
    state, frames = np.zeros((1, 32), np.float32), []
    for column in control.T:
        sound, state = session.run(None, {"control": column[None], "state": state})
        frames.append(sound[0])
    np.testing.assert_allclose(np.concatenate(frames), learned.model().detach().numpy(), atol=1e-5)
    assert '"kind": "ssm"' in session.get_modelmeta().custom_metadata_map["luthier"]


def test_a_preset_is_written_and_read(made, tmp_path):
    write(tmp_path / "network.luthier", made)
    again = read(tmp_path / "network.luthier")
    assert again.header["training"]["compression_ratio"] == made.header["training"]["compression_ratio"]
    for name, tensor in made.tensors.items():
        np.testing.assert_array_equal(again.tensors[name], tensor)


def test_a_normalized_preset_has_the_target_loudness(made):
    assert normalize(made).header["loudness"]["lufs"] == pytest.approx(TARGET_LUFS, abs=0.5)


def test_many_dimensions_of_few_pitches_are_a_drum_and_play_as_learned(learned, made):
    assert is_drum(np.array([68.0, 0, 68.5, 67.9]))
    assert is_drum(np.zeros(5))
    assert is_drum(np.array([68.0] * 9 + [660.0] * 7))
    assert not is_drum(np.array([68.0] * 8 + [660.0] * 7))
    assert not is_drum(np.array([68.0, 0, 72, 67.9]))
    assert not is_drum(np.array([68.0]))
    drum, bells = (make_header(learned, np.array(pitches), "0") for pitches in ([68.0] * 7, [60, 70, 90, 110.0]))
    assert (drum["params"]["play"], drum["keys"]) == (0, {"low": 36, "high": 42})
    assert bells["params"]["play"] == 1


def test_an_unstable_recurrence_is_contracted_on_export_and_refused_in_a_file(made, tmp_path):
    weight = 1.3 * made.tensors["recurrence"].astype(np.float64)
    assert np.linalg.norm(clip_singular_values(weight), 2) == pytest.approx(0.998)
    made.tensors["recurrence"] *= np.float32(1.3)
    with pytest.raises(PresetError, match="never fall silent"):
        write(tmp_path / "loud.luthier", made)
    made.tensors["recurrence"] /= np.float32(1.3)


def test_all_modes_together_equal_the_linear_network(made):
    t = {name: tensor.astype(np.float64) for name, tensor in made.tensors.items()}
    pole, residue = find_poles(t["recurrence"], t["output"], t["input"])
    expected = linear_response(t["recurrence"], t["output"], t["input"], 4096)
    sound = np.stack([render_modes(pole, row, 4096) for row in residue])
    steady = np.fft.rfft(
        expected - sound, axis=1
    )  # remainder: poles at 0 Hz and half the rate, which are not exported
    assert np.linalg.norm(steady[:, 200:-200]) < 0.02 * np.linalg.norm(np.fft.rfft(expected, axis=1))


def test_the_modes_make_a_resonance_preset_close_to_the_network(made):
    resonance = as_modes(made, 400)
    assert resonance.header["kind"] == "resonance"
    assert deviation(resonance) < -80
    soft = {**made.tensors, "control_values": 0.02 * made.tensors["control_values"]}
    network, modes = (
        render_probe(type(made)(one.header, {**one.tensors, "control_values": soft["control_values"]}),
               {"performance": "learned", "samples": 8192})
        for one in (made, resonance)
    )  # fmt: skip
    assert np.linalg.norm(network - modes) < 0.3 * np.linalg.norm(network)
