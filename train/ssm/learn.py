"""Learn a state-space instrument and the control signal that plays one recording on it."""

from functools import partial

import torch
from torch import Tensor

from train import segment_fit

from .config import Sizes
from .trainer import StateSpaceTrainer


def prepare_segment(samples: Tensor, sizes: Sizes) -> Tensor:
    """Cut or zero-pad samples (N,) to the segment, and scale their peak to 1."""
    fitted = torch.nn.functional.pad(samples, (0, max(0, sizes.samples - len(samples))))[: sizes.samples]
    return (fitted / fitted.abs().max().clamp(min=1e-9)).to(torch.float32)


fit = partial(segment_fit.fit, StateSpaceTrainer, prepare_segment)
