"""The record of a run of learning in the header of an instrument: its configuration and losses."""

from dataclasses import asdict
from typing import Any

import numpy as np

from train.trainer import TrainingConfig

MAX_LOSS_POINTS = 200
HEADER_KEYS = {
    "learning_rate": "step_size",
    "log_loss_weight": "ear",
    "edge_loss_weight": "continuity",
    "comb_loss_weight": "purity",
    "synthetic": "dreams",
    "plane_loss_weight": "dreaming",
    "augmentation": "variety",
    "dropout": "forgetting",
}
"""Field of a configuration → its key in headers, where that is another one."""


def header_config(config: TrainingConfig) -> dict[str, Any]:
    """The fields of a configuration under their keys in headers."""
    return _with_header_keys(asdict(config))


def thin_losses(losses: list[float], digits: int = 2) -> list[float]:
    """Reduce a loss curve to at most 200 points, each the mean of its part of the run."""
    parts = np.array_split(np.asarray(losses, np.float64), min(MAX_LOSS_POINTS, len(losses)) or 1)
    return [round(float(part.mean()), digits) for part in parts if len(part)]


def _with_header_keys(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        HEADER_KEYS.get(name, name): _with_header_keys(value) if isinstance(value, dict) else value
        for name, value in fields.items()
    }
