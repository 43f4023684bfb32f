"""Probes: what a trained model sounds like, computed without the engine, for the engine to be held against."""

from dataclasses import replace

import numpy as np
import torch

from engine.instruments.resonance.tables import frozen, keyboard
from engine.preset.preset_file import Preset
from engine.probe import described
from train.resonance.model import Resonance

SAMPLES = 8192
EVERY = 31  # not a divisor of anything periodic in the model


def of_model(preset: Preset, model: Resonance) -> Preset:
    """A preset of one recording with its probe: how the learned performance begins, as the torch model has it."""
    sizes = model.sizes
    still = np.stack([frozen(r, sizes.attack) for r in range(sizes.resonances)])
    with torch.no_grad():
        sound = model.cpu()(torch.from_numpy(still)).numpy()
    struck = int(np.abs(sound).argmax())
    samples = min(max(SAMPLES, struck + SAMPLES // 2), len(sound))
    return _with(preset, described(sound[:samples].astype(np.float64), EVERY, {"performance": "learned"}))


def of_note(preset: Preset, key: int) -> Preset:
    """A preset of single notes with its probe: a key at the velocity of its loudest layer, in closed form."""
    t = {name: np.asarray(tensor, np.float64) for name, tensor in preset.tensors.items()}
    rate, attack = float(preset.header["rate"]), int(preset.header["attack"])
    nearest, move = keyboard(t["pitch"])
    r, ratio, layer = int(nearest[key]), float(move[key]), t["velocity"].shape[1] - 1
    time = np.arange(SAMPLES)[:, None] / rate
    turning = np.cos(2 * np.pi * ratio * t["frequency"][r, layer, 0] * time + t["phase"][r, layer, 0])
    heard = ratio * t["frequency"][r, layer, 0] < rate / 2
    response = (heard * t["amplitude"][r, layer, 0] * np.exp(-ratio * t["decay"][r, layer, 0] * time) * turning).sum(
        1
    )
    still = frozen(r * t["velocity"].shape[1] + layer, attack)
    breath = _drawn(t["envelope"][r, layer], attack) * still
    blow = np.zeros(max(attack, t["strike"].shape[2]))
    blow[: t["strike"].shape[2]] += t["strike"][r, layer]
    blow[:attack] += breath
    sound = np.convolve(response, blow)[:SAMPLES]
    knock = t["knock"][r, layer]
    _add(sound, knock if knock.ndim == 1 else knock[0])
    _add(sound, _drawn(t["hiss"][r, layer], attack) * still)
    gain = t["gain"][r]
    sound = np.tanh(gain * sound) if gain > 0 else sound
    velocity = float(preset.tensors["velocity"][r, layer])
    return _with(preset, described(sound, EVERY, {"note": [key, velocity]}))


def _with(preset: Preset, probe: dict) -> Preset:
    return replace(preset, header={**preset.header, "probe": probe})


def _drawn(points: np.ndarray, frames: int) -> np.ndarray:
    """An envelope through its points, each in the middle of its share, flat at both ends."""
    middle = (np.arange(frames) + 0.5) * len(points) / frames - 0.5
    return np.interp(middle, np.arange(len(points)), points)


def _add(sound: np.ndarray, part: np.ndarray) -> None:
    count = min(len(sound), len(part))
    sound[:count] += part[:count]
