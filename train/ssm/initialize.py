"""Where learning begins: partials, decays and onsets of the recording, as a network that nearly is linear.

A pair of units whose weights turn and shrink it once a frame rings like a damped partial; the frame that it writes is
one period after the other of that partial, so that every frame begins where the one before ended. The partials and
the onsets that strike them come from the timbres of the recording (train/resonance/initialize.py).
"""

from dataclasses import dataclass

import numpy as np
import torch

from train.resonance.initialize import Timbre, listen

from .model import StateSpace

TIMBRES = 32  # at most; a dimension of control each
TONAL = 0.75  # of the pairs of units; the rest is for attacks
APART = 8.0  # Hz between two partials
SWING = 0.4  # of a unit, at its loudest: nearly linear
NEAR = 2  # frames by which learning may move an onset
BRIGHT = 0.5  # partials are chosen by amplitude times frequency to this power, as the loss hears octaves alike
FASTEST = (15.0, 120.0)  # 1/s: decays of what is for attacks


@dataclass(frozen=True)
class Partials:
    """What the pairs of units ring: frequency Hz and decay 1/s (M,), amplitude (K, M) by a unit of each timbre."""

    frequency: np.ndarray
    decay: np.ndarray
    amplitude: np.ndarray


def begin(model: StateSpace, samples: torch.Tensor, seed: int) -> None:
    """Set the parameters of a model from its target (N,), in place."""
    sizes, random = model.sizes, np.random.default_rng(seed)
    window = 1 << round(np.log2(0.093 * sizes.rate))
    count = min(sizes.control, TIMBRES)
    timbres = listen(samples, count, sizes.rate, window, sizes.frame, seed)
    scale = [max(float(timbre.onsets.max()), 1e-6) for timbre in timbres]
    partials = _partials(timbres, scale, sizes.state // 2, sizes.rate, window, random)
    with torch.no_grad():
        _settle_units(model, partials, random)
        _settle_control(model, timbres, scale)


def _partials(
    timbres: list[Timbre], scale: list[float], pairs: int, rate: float, window: int, random: np.random.Generator
) -> Partials:
    """The most important partials of all timbres, then fast ones anywhere; near ones are one."""
    full = np.sqrt(window) / 4  # magnitude of a sine of amplitude 1
    found = []
    for k, timbre in enumerate(timbres):
        heard = timbre.level * scale[k] / full * timbre.weight / timbre.weight.max()
        often = np.sqrt((timbre.onsets / scale[k]).sum())
        found += [
            (often * a * f**BRIGHT, f, d, k, a) for f, d, a in zip(timbre.frequency, timbre.decay, heard, strict=True)
        ]
    found.sort(reverse=True)
    frequency: list[float] = []
    decay: list[float] = []
    for _, f, d, _, _ in found:
        if len(frequency) < TONAL * pairs and all(abs(f - other) > APART for other in frequency):
            frequency.append(f)
            decay.append(d)
    amplitude = np.zeros((len(timbres), pairs))
    for _, f, _, k, a in found:
        near = int(np.argmin(np.abs(np.array(frequency) - f)))
        if abs(frequency[near] - f) <= APART:
            amplitude[k, near] = max(amplitude[k, near], a)
    rest = pairs - len(frequency)
    frequency += list(np.exp(random.uniform(np.log(100), np.log(0.48 * rate), rest)))
    decay += list(np.exp(random.uniform(np.log(FASTEST[0]), np.log(FASTEST[1]), rest)))
    amplitude[:, pairs - rest :] = random.uniform(0, 0.02, (len(timbres), rest))
    return Partials(np.array(frequency), np.array(decay), amplitude)


def _settle_units(model: StateSpace, partials: Partials, random: np.random.Generator) -> None:
    """Pairs that turn, frames that go on from each other, and an entrance that strikes what a timbre has."""
    sizes = model.sizes
    pole = (-partials.decay + 2j * np.pi * partials.frequency) / sizes.rate
    step = np.exp(pole * sizes.frame)
    weight = np.zeros((sizes.state, sizes.state))
    even, odd = np.arange(0, 2 * len(pole), 2), np.arange(1, 2 * len(pole), 2)
    weight[even, even] = weight[odd, odd] = step.real
    weight[even, odd], weight[odd, even] = -step.imag, step.imag
    gain = np.maximum(partials.amplitude.max(axis=0), 1e-3) / SWING
    wave = gain * np.exp(pole * np.arange(sizes.frame)[:, None])
    frames = np.zeros((sizes.frame, sizes.state))
    frames[:, even], frames[:, odd] = wave.real, -wave.imag
    struck = 1j * random.choice([-1.0, 1.0], partials.amplitude.shape) * partials.amplitude / gain  # from zero on
    entrance = random.normal(0, 0.02, (sizes.control, sizes.state))
    entrance[: len(struck), even], entrance[: len(struck), odd] = struck.real, struck.imag
    for name, value in (("recurrence", weight), ("output", frames), ("projection", entrance)):
        getattr(model, name).copy_(torch.as_tensor(value))
    model.inward.copy_(torch.eye(sizes.state))


def _settle_control(model: StateSpace, timbres: list[Timbre], scale: list[float]) -> None:
    """Onsets into the control signal, 1 at the strongest of each row; only near them may sites open."""
    rows, columns = model.control.shape
    played = np.zeros((rows, columns), np.float32)
    for k, timbre in enumerate(timbres):
        played[k, : len(timbre.onsets)] = timbre.onsets[:columns] / scale[k]
    control = torch.from_numpy(played)
    anywhere = control.amax(0, keepdim=True).expand_as(control)
    near = torch.nn.functional.max_pool1d(anywhere[:, None], 2 * NEAR + 1, 1, NEAR)[:, 0]
    model.sites.copy_(near > 0.05)
    model.control.copy_(control)
