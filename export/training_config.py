"""The configuration of a run of learning as the header of an instrument records it."""

from dataclasses import asdict
from typing import Any

from train.trainer import TrainingConfig

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


def _with_header_keys(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        HEADER_KEYS.get(name, name): _with_header_keys(value) if isinstance(value, dict) else value
        for name, value in fields.items()
    }
