"""The fast model against a direct evaluation of the published formulas."""

import numpy as np
import torch
from torch.nn.functional import interpolate

from train.resonance.config import Sizes
from train.resonance.model import ResonanceModel

SMALL = Sizes(3, 4, 5, variants=3, strike=100, knock=200, attack=700, envelope=32, frames=8192)


def test_the_fast_model_is_the_published_one():
    generator = torch.Generator().manual_seed(0)
    model = ResonanceModel(SMALL, generator)
    model.control.data.uniform_(-0.1, 0.1, generator=generator)
    noise = model.draw_noise(generator)
    fast, slow = model(noise), _published(model, noise)
    assert (fast - slow).norm() / slow.norm() < 1e-4


def test_gradients_reach_every_parameter():
    generator = torch.Generator().manual_seed(0)
    model = ResonanceModel(SMALL, generator)
    model(model.draw_noise(generator)).square().sum().backward()
    idle = [name for name, value in model.named_parameters() if not value.grad.abs().max() > 0]
    assert idle == []


def _published(model: ResonanceModel, noise: torch.Tensor) -> torch.Tensor:
    """Direct evaluation in float64: every mode as a cosine over time, every convolution as a sum."""
    sizes, frames = model.sizes, model.sizes.frames
    weights = {name: value.detach().double() for name, value in model.named_parameters()}
    control = torch.relu(weights["control"] + weights["control"].mean())
    routed = torch.einsum("kf,kr->rf", control, weights["router"])
    envelope = interpolate(weights["envelope"][None], size=sizes.attack, mode="linear")[0]
    attack = envelope * noise.double()
    attack[:, : sizes.strike] += weights["strike"]
    dry = torch.zeros(sizes.resonances, frames + sizes.attack, dtype=torch.float64)
    for frame in range(frames // sizes.hop):
        begin = frame * sizes.hop
        dry[:, begin : begin + sizes.attack] += routed[:, frame, None] * attack
    dry = dry[:, :frames]
    rest = torch.zeros_like(weights["deformation"])
    rest[0] = 1
    fade = interpolate((rest + weights["deformation"]).softmax(0)[None], size=frames, mode="linear")[0]
    time = torch.arange(frames, dtype=torch.float64) * 10 * 22050 / (2**17 - 1) / sizes.rate
    sound = torch.zeros(frames, dtype=torch.float64)
    for r in range(sizes.resonances):
        knock = torch.zeros(frames, dtype=torch.float64)
        knock[: sizes.knock] = weights["knock"][r]
        pulses = torch.zeros(frames, dtype=torch.float64)
        pulses[:: sizes.hop] = routed[r]
        wet = sum(fade[e] * _convolved(dry[r], _oscillators(weights, r, e, time)) for e in range(sizes.variants))
        mix = weights["mix"][r].softmax(0)
        sound += torch.tanh(weights["gain"][r].abs() * (mix[0] * dry[r] + mix[1] * wet + _convolved(pulses, knock)))
    return sound


def _oscillators(weights: dict[str, torch.Tensor], r: int, e: int, time: torch.Tensor) -> torch.Tensor:
    """The unit-norm response of one bank, each oscillator from its amplitude and starting phase."""
    damping, mass, tension, start, amplitude = (
        weights[name][r, e, :, None] for name in ("damping", "mass", "tension", "displacement", "amplitude")
    )
    x = 30 * damping.sigmoid() / (2 * mass.sigmoid())
    omega = torch.sqrt(torch.clamp(10**tension - x**2, min=1e-12))
    phi = torch.atan2(x * start, start * omega)
    waves = start / torch.cos(phi) * torch.exp(-x * time) * torch.cos(omega * time - phi)
    response = (amplitude**2 * waves).sum(0)
    return response / (response.norm() + 1e-8)


def _convolved(excitation: torch.Tensor, response: torch.Tensor) -> torch.Tensor:
    """The plain sum over past samples."""
    return torch.from_numpy(np.convolve(excitation.numpy(), response.numpy())[: len(excitation)])
