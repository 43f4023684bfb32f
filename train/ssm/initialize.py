"""Initial weights of a state-space model: partials, decays and onsets of the recording, as a nearly linear network.

A pair of units whose weights rotate and scale it in each frame is a damped partial; the frame that it outputs
continues that partial, so that there is no jump between frames. The partials and the onsets that excite
them come from the timbres of the recording (train/resonance/initialize.py).
"""

from dataclasses import dataclass

import numpy as np
import torch

from train.resonance.initialize import Timbre, find_timbres

from .model import StateSpaceModel

MAX_TIMBRES = 32  # one dimension of control each
TONAL_SHARE = 0.75  # of the pairs of units; the others are for attacks
MIN_PARTIAL_GAP_HZ = 8.0  # between two partials
UNIT_AMPLITUDE = 0.4  # maximum of a unit: nearly linear
ONSET_REACH_FRAMES = 2  # by which learning may move an onset
BRIGHTNESS_EXPONENT = 0.5  # partials are ranked by amplitude · frequency^0.5, as the loss weighs octaves alike
ATTACK_DECAY_RANGE = (15.0, 120.0)  # 1/s: decays of the pairs for attacks


@dataclass(frozen=True)
class Partials:
    """Partials of the pairs of units: frequency Hz and decay 1/s (M,), amplitude (K, M) per unit of each timbre."""

    frequency: np.ndarray
    decay: np.ndarray
    amplitude: np.ndarray


def initialize(model: StateSpaceModel, samples: torch.Tensor, seed: int) -> None:
    """Set the weights of a model from its target (N,), in place."""
    sizes, random = model.sizes, np.random.default_rng(seed)
    window = 1 << round(np.log2(0.093 * sizes.rate))
    count = min(sizes.control, MAX_TIMBRES)
    timbres = find_timbres(samples, count, sizes.rate, window, sizes.frame, seed)
    scale = [max(float(timbre.onsets.max()), 1e-6) for timbre in timbres]
    partials = _partials(timbres, scale, sizes.state // 2, sizes.rate, window, random)
    with torch.no_grad():
        _set_units(model, partials, random)
        _set_control(model, timbres, scale)


def _partials(
    timbres: list[Timbre], scale: list[float], pairs: int, rate: float, window: int, random: np.random.Generator
) -> Partials:
    """The strongest partials of all timbres, close ones merged, then fast-decaying ones at random."""
    sine_magnitude = np.sqrt(window) / 4  # magnitude of a sine of amplitude 1
    found = []
    for k, timbre in enumerate(timbres):
        levels = timbre.level * scale[k] / sine_magnitude * timbre.weight / timbre.weight.max()
        onset_weight = np.sqrt((timbre.onsets / scale[k]).sum())
        found += [
            (onset_weight * a * f**BRIGHTNESS_EXPONENT, f, d, k, a)
            for f, d, a in zip(timbre.frequency, timbre.decay, levels, strict=True)
        ]
    found.sort(reverse=True)
    frequency: list[float] = []
    decay: list[float] = []
    for _, f, d, _, _ in found:
        if len(frequency) < TONAL_SHARE * pairs and all(abs(f - other) > MIN_PARTIAL_GAP_HZ for other in frequency):
            frequency.append(f)
            decay.append(d)
    amplitude = np.zeros((len(timbres), pairs))
    for _, f, _, k, a in found:
        nearest = int(np.argmin(np.abs(np.array(frequency) - f)))
        if abs(frequency[nearest] - f) <= MIN_PARTIAL_GAP_HZ:
            amplitude[k, nearest] = max(amplitude[k, nearest], a)
    attack_pairs = pairs - len(frequency)
    frequency += list(np.exp(random.uniform(np.log(100), np.log(0.48 * rate), attack_pairs)))
    decay += list(np.exp(random.uniform(np.log(ATTACK_DECAY_RANGE[0]), np.log(ATTACK_DECAY_RANGE[1]), attack_pairs)))
    amplitude[:, pairs - attack_pairs :] = random.uniform(0, 0.02, (len(timbres), attack_pairs))
    return Partials(np.array(frequency), np.array(decay), amplitude)


def _set_units(model: StateSpaceModel, partials: Partials, random: np.random.Generator) -> None:
    """Set the pairs to rotations, the frames to their continuations, and the input to the partials of each timbre."""
    sizes = model.sizes
    pole = (-partials.decay + 2j * np.pi * partials.frequency) / sizes.rate
    step = np.exp(pole * sizes.frame)
    weight = np.zeros((sizes.state, sizes.state))
    even, odd = np.arange(0, 2 * len(pole), 2), np.arange(1, 2 * len(pole), 2)
    weight[even, even] = weight[odd, odd] = step.real
    weight[even, odd], weight[odd, even] = -step.imag, step.imag
    gain = np.maximum(partials.amplitude.max(axis=0), 1e-3) / UNIT_AMPLITUDE
    wave = gain * np.exp(pole * np.arange(sizes.frame)[:, None])
    frames = np.zeros((sizes.frame, sizes.state))
    frames[:, even], frames[:, odd] = wave.real, -wave.imag
    strikes = 1j * random.choice([-1.0, 1.0], partials.amplitude.shape) * partials.amplitude / gain  # starts at zero
    inputs = random.normal(0, 0.02, (sizes.control, sizes.state))
    inputs[: len(strikes), even], inputs[: len(strikes), odd] = strikes.real, strikes.imag
    for name, value in (("recurrence", weight), ("output", frames), ("projection", inputs)):
        getattr(model, name).copy_(torch.as_tensor(value))
    model.inward.copy_(torch.eye(sizes.state))


def _set_control(model: StateSpaceModel, timbres: list[Timbre], scale: list[float]) -> None:
    """Set the control signal to the onsets, 1 at the strongest of each row; only sites near them may open."""
    rows, columns = model.control.shape
    onsets = np.zeros((rows, columns), np.float32)
    for k, timbre in enumerate(timbres):
        onsets[k, : len(timbre.onsets)] = timbre.onsets[:columns] / scale[k]
    control = torch.from_numpy(onsets)
    frame_maxima = control.amax(0, keepdim=True).expand_as(control)
    is_near_onset = torch.nn.functional.max_pool1d(
        frame_maxima[:, None], 2 * ONSET_REACH_FRAMES + 1, 1, ONSET_REACH_FRAMES
    )[:, 0]
    model.sites.copy_(is_near_onset > 0.05)
    model.control.copy_(control)
