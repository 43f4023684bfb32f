"""Sizes and settings of a resonance model and its run of learning."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sizes:
    """Sizes of a model. Published: 16 of control and resonances, 64 modes, 256 points, no strike or knock."""

    control: int = 24  # dimensions K of the control signal
    resonances: int = 24
    modes: int = 32  # of each variant of each resonance
    variants: int = 2  # between which the deformation fades
    envelope: int = 64  # points of the envelope of the noise
    attack: int = 2048  # samples of noise
    strike: int = 32  # samples of the deterministic excitation of the modes, beside the noise
    knock: int = 1024  # samples of the deterministic sound that bypasses the modes; neither is longer than `attack`
    hop: int = 128  # samples per frame of the control signal
    frames: int = 2**17  # samples of the whole segment, a multiple of hop
    rate: int = 22050  # Hz


@dataclass(frozen=True)
class Config:
    """Settings of a run."""

    sizes: Sizes = field(default_factory=Sizes)
    start: str = "recording"  # initial weights: estimated from the recording, or "random" as published
    steps: int = 3000
    minutes: float = 0.0  # duration of the run, if above 0, in place of `steps`
    learning_rate: float = 3e-3
    sparsity: float = 0.1  # weight of the sum of the control signal
    sites: int = 600  # of the control signal that may differ from zero in the end
    log_loss_weight: float = 0.0  # of the multi-resolution log loss, in units of the loss of silence
    seed: int = 0
