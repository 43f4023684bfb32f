"""The reference output of a trained model, computed without the engine: the probe that the engine must reproduce."""

from dataclasses import replace

import numpy as np
import torch

from engine.instruments.resonance.excitation_tables import fixed_noise
from engine.instruments.resonance.key_tables import nearest_resonances
from engine.preset.preset_file import Preset
from engine.reference_output import make_probe
from train.notes.residual import interpolate_envelope
from train.resonance.model import ResonanceModel

SAMPLES = 8192
STRIDE_SAMPLES = 31  # between two samples that are kept: not a divisor of anything periodic in the model


def add_model_probe(preset: Preset, model: ResonanceModel) -> Preset:
    """Add the probe of a preset of one recording: the start of the learned performance, by the torch model."""
    sizes = model.sizes
    noise = np.stack([fixed_noise(resonance, sizes.attack) for resonance in range(sizes.resonances)])
    with torch.no_grad():
        sound = model.cpu()(torch.from_numpy(noise)).numpy()
    peak = int(np.abs(sound).argmax())
    samples = min(max(SAMPLES, peak + SAMPLES // 2), len(sound))
    return _with_probe(
        preset, make_probe(sound[:samples].astype(np.float64), STRIDE_SAMPLES, {"performance": "learned"})
    )


def add_note_probe(preset: Preset, key: int) -> Preset:
    """Add the probe of a preset of single notes: a key at the velocity of its loudest layer, in closed form."""
    t = {name: np.asarray(tensor, np.float64) for name, tensor in preset.tensors.items()}
    rate, attack = float(preset.header["rate"]), int(preset.header["attack"])
    resonance_of_key, ratio_of_key = nearest_resonances(t["pitch"])
    resonance, ratio, layer = int(resonance_of_key[key]), float(ratio_of_key[key]), t["velocity"].shape[1] - 1
    time = np.arange(SAMPLES)[:, None] / rate
    cosine = np.cos(2 * np.pi * ratio * t["frequency"][resonance, layer, 0] * time + t["phase"][resonance, layer, 0])
    is_audible = ratio * t["frequency"][resonance, layer, 0] < rate / 2
    response = (
        is_audible
        * t["amplitude"][resonance, layer, 0]
        * np.exp(-ratio * t["decay"][resonance, layer, 0] * time)
        * cosine
    ).sum(1)
    noise = fixed_noise(resonance * t["velocity"].shape[1] + layer, attack)
    noise_burst = interpolate_envelope(t["envelope"][resonance, layer], attack) * noise
    excitation = np.zeros(max(attack, t["strike"].shape[2]))
    excitation[: t["strike"].shape[2]] += t["strike"][resonance, layer]
    excitation[:attack] += noise_burst
    sound = np.convolve(response, excitation)[:SAMPLES]
    knock = t["knock"][resonance, layer]
    _add_in_place(sound, knock if knock.ndim == 1 else knock[0])
    _add_in_place(sound, interpolate_envelope(t["hiss"][resonance, layer], attack) * noise)
    gain = t["gain"][resonance]
    sound = np.tanh(gain * sound) if gain > 0 else sound
    velocity = float(preset.tensors["velocity"][resonance, layer])
    return _with_probe(preset, make_probe(sound, STRIDE_SAMPLES, {"note": [key, velocity]}))


def _with_probe(preset: Preset, probe: dict) -> Preset:
    return replace(preset, header={**preset.header, "probe": probe})


def _add_in_place(sound: np.ndarray, part: np.ndarray) -> None:
    """Add a part to the start of a sound, in place."""
    count = min(len(sound), len(part))
    sound[:count] += part[:count]
