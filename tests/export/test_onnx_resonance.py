"""A resonance preset in ONNX, rendered block by block, equals the engine with the same noise."""

from dataclasses import replace

import numpy as np
import onnxruntime
import pytest

from engine.events import Kind
from engine.host import Host
from engine.instruments import make
from engine.instruments.resonance.excitation_tables import fixed_noise
from engine.instruments.resonance.key_tables import nearest_resonances
from engine.preset import library
from engine.preset.control_performance import perform
from engine.preset.preset_file import Preset, read
from engine.reference_output import event_array
from engine.render import render
from export.onnx import make_model
from export.onnx.resonance import layout
from tests.export.test_onnx_ddsp import of_kind
from tests.support.resonance_preset import small_preset

SECONDS = 0.4
DETERMINISTIC_PARAMS = {"variation": 0.0, "level": 0.0, "vibrato": 0.0}


def presets():
    """Every factory preset of the kind, and a small one with two dynamics."""
    found = {name: read(library.factory_folder() / f"{name}.luthier") for name in of_kind("resonance")}
    return {**found, "small": small_preset()}


PRESETS = presets()
WITH_CONTROL_PLANE = [name for name, preset in PRESETS.items() if "router" in preset.tensors]
WITH_KEYS_ONLY = [name for name in PRESETS if name not in WITH_CONTROL_PLANE]


def render_onnx(preset, control, weights):
    """The sound (C, blocks · T) of a control signal (K, blocks), with variants weighted by (E, blocks · T)."""
    sizes = layout(preset)
    opened = onnxruntime.InferenceSession(make_model(preset).SerializeToString(), providers=["CPUExecutionProvider"])
    step = 1 if "router" not in preset.tensors else preset.tensors["frequency"].shape[1]
    noise = np.stack([fixed_noise(step * s, sizes.N) for s in range(sizes.S)])
    pending = np.zeros((sizes.S, 1 + sizes.direct, sizes.D), np.float32)
    modes, heard = np.zeros((sizes.S, sizes.E, sizes.J, 2), np.float32), []
    for i, column in enumerate(control.T):
        given = {"control": column[None], "noise": noise, "pending": pending, "modes": modes}
        if sizes.E > 1:
            given["weights"] = weights[:, i * sizes.T : (i + 1) * sizes.T]
        audio, pending, modes = opened.run(["audio", "next_pending", "next_modes"], given)
        heard.append(audio)
    return np.concatenate(heard, 1)


def render_engine(preset, event_records, seconds, **params):
    whole = replace(preset, header={**preset.header, "params": {**DETERMINISTIC_PARAMS, **params}, "level": 0.0})
    host = Host(float(preset.header["rate"]))
    host.play([make(whole)])
    return render(host, event_records, seconds)


def error_db(heard, expected):
    """Relative error in dB; a mono sound counts for both channels."""
    heard = np.broadcast_to(heard, expected.shape).astype(float)
    return 20 * np.log10(np.linalg.norm(heard - expected) / np.linalg.norm(expected))


def learned_control(preset, blocks):
    """The learned control (K, blocks) and the weights of the variants at each sample, (E, blocks · T)."""
    sizes = layout(preset)
    control = np.zeros((sizes.K, preset.header["control"]["frames"]), np.float32)
    control[tuple(preset.tensors["control_sites"].T)] = preset.tensors["control_values"]
    if sizes.E == 1:
        return control[:, :blocks], np.ones((1, blocks * sizes.T), np.float32)
    exponentials = np.exp(preset.tensors["deformation"].astype(float))
    middle = (np.arange(blocks * sizes.T) + 0.5) / sizes.T - 0.5
    weights = np.stack([np.interp(middle, np.arange(len(row)), row) for row in exponentials / exponentials.sum(0)])
    return control[:, :blocks], weights.astype(np.float32)


def strike_control(preset, r, layer, blocks):
    """The control of one strike of a layer of a resonance, and equal weights of the variants."""
    sizes = layout(preset)
    control = np.zeros((sizes.K, blocks), np.float32)
    control[r * preset.tensors["velocity"].shape[1] + layer, 0] = 1
    return control, np.full((sizes.E, blocks * sizes.T), 1 / sizes.E, np.float32)


@pytest.mark.parametrize("name", of_kind("resonance"))
def test_the_sound_equals_the_probe_of_the_trained_model(name):
    preset, probe = PRESETS[name], PRESETS[name].header["probe"]
    tensors, blocks = (
        {**preset.tensors, "place": 0 * preset.tensors["place"]},
        -(-probe["samples"] // layout(preset).T),
    )
    if "note" in probe:
        key, velocity = probe["note"]
        nearest, move = nearest_resonances(tensors["pitch"])
        moved = {part: tensors[part] * move[key] for part in ("frequency", "decay")}
        layer = np.abs(tensors["velocity"][nearest[key]] - velocity).argmin()
        preset = Preset(preset.header, {**tensors, **moved})
        heard = render_onnx(preset, *strike_control(preset, nearest[key], layer, blocks))
    else:
        preset = Preset(preset.header, tensors)
        heard = render_onnx(preset, *learned_control(preset, blocks))
    expected = np.array(probe["sound"])
    assert error_db(heard[0, : probe["samples"] : probe["every"]], expected) < -80


@pytest.mark.parametrize("name", WITH_CONTROL_PLANE)
def test_the_learned_performance_equals_the_engines(name):
    preset = PRESETS[name]
    rate, block = preset.header["rate"], layout(preset).T
    blocks = min(int(SECONDS * rate) // block, preset.header["control"]["frames"])
    heard = render_onnx(preset, *learned_control(preset, blocks))
    event_records = event_array(perform(preset.header, preset.tensors, "learned"), rate)
    expected = render_engine(preset, event_records, blocks * block / rate, play=0.0)
    assert np.abs(expected).max() > 1e-3
    assert error_db(heard, expected) < -80


@pytest.mark.parametrize("name", WITH_KEYS_ONLY)
def test_a_learned_note_equals_the_engines(name):
    preset = PRESETS[name]
    resonances, layers = preset.tensors["velocity"].shape
    for r, layer in {(0, 0), (resonances // 2, layers - 1)}:
        key = r
        if (preset.tensors["pitch"] > 0).any():
            key = round(69 + 12 * np.log2(preset.tensors["pitch"][r] / 440))
            pitch = preset.tensors["pitch"].copy()
            pitch[r] = 440 * 2 ** ((key - 69) / 12)  # so that the engine need not move it
            preset = Preset(preset.header, {**preset.tensors, "pitch": pitch})
        rate, block = preset.header["rate"], layout(preset).T
        heard = render_onnx(preset, *strike_control(preset, r, layer, int(SECONDS * rate) // block))
        pressed = event_array([(0.0, Kind.NOTE_ON, key, float(preset.tensors["velocity"][r, layer]))], rate)
        expected = render_engine(preset, pressed, heard.shape[1] / rate, play=1.0)
        assert error_db(heard, expected) < -80


def test_silence_stays_silent_and_a_strike_scales_with_its_energy():
    preset = PRESETS["small"]
    straight = Preset(preset.header, {**preset.tensors, "gain": 0 * preset.tensors["gain"]})
    control, weights = strike_control(straight, 0, 0, 20)
    assert not render_onnx(straight, 0 * control, weights).any()
    later, block = np.roll(control, 2, axis=1), layout(straight).T
    once = render_onnx(straight, later, weights)
    assert not once[:, : 2 * block].any()
    np.testing.assert_allclose(render_onnx(straight, 3 * later, weights), 3 * once, rtol=1e-4, atol=1e-6)
