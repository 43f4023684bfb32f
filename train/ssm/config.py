"""Sizes and settings of a state-space model and its run of learning."""

import math
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sizes:
    """Sizes of a model; the defaults are the published ones."""

    control: int = 64  # dimensions K of the control signal
    state: int = 128  # units S
    frame: int = 128  # samples B
    samples: int = 2**18  # of the whole segment, a power of two
    rate: int = 22050  # Hz


@dataclass(frozen=True)
class Config:
    """Settings of a run."""

    sizes: Sizes = field(default_factory=Sizes)
    start: str = "recording"  # initial weights and recipe: estimated from the recording, or "published"
    steps: int = 3000
    minutes: float = 0.0  # duration of the run, if above 0, in place of `steps`
    learning_rate: float = 4e-3
    sparsity: float = 0.02  # weight of the control signal, in units of the loss of silence when it has its sites
    sites: int = 256  # of the control signal that may differ from zero in the end
    radius: float = 0.998  # the largest singular value of the recurrence
    edge_loss_weight: float = 0.2  # of jumps at the edges of frames, in units of the loss of silence
    comb_loss_weight: float = 0.2  # of the combs in the decay of strikes, in the same units
    seed: int = 0


PUBLISHED = Config(start="published", steps=5000, learning_rate=1e-3, sparsity=0.0, radius=math.inf)
