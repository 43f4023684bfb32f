"""Learn a resonance instrument and the control signal that plays one recording on it."""

from functools import partial

import torch
from torch import Tensor

from train import segment_fit

from .config import Sizes
from .trainer import ResonanceTrainer

MANY_RESONANCES = 8  # at least so many: a segment is scaled to a peak of 1
FEW_RESONANCES_PEAK = 0.4  # for fewer: each goes through a tanh, which a pure tone must not saturate


def prepare_segment(samples: Tensor, sizes: Sizes) -> Tensor:
    """Cut or zero-pad samples (N,) to the segment, and scale their peak to 1, or lower for few resonances."""
    fitted = torch.nn.functional.pad(samples, (0, max(0, sizes.frames - len(samples))))[: sizes.frames]
    peak = 1.0 if sizes.resonances >= MANY_RESONANCES else FEW_RESONANCES_PEAK
    return (peak * fitted / fitted.abs().max().clamp(min=1e-9)).to(torch.float32)


fit = partial(segment_fit.fit, ResonanceTrainer, prepare_segment)
