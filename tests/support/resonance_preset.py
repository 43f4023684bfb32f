"""A small whole resonance preset to test with."""

from typing import Any

import numpy as np

from engine.preset.preset_file import Preset


def small_preset(modes: int = 8, **header: Any) -> Preset:
    """Two resonances, two layers, one variant; with a control plane of 3 dimensions and 50 frames."""
    random = np.random.default_rng(7)
    shape = (2, 2, 1, modes)
    tensors = {
        "frequency": random.uniform(80, 8000, shape),
        "decay": random.uniform(1, 30, shape),
        "amplitude": random.uniform(0, 0.1, shape),
        "phase": random.uniform(-np.pi, np.pi, shape),
        "place": random.uniform(-1, 1, (2, 1, modes)),
        "strike": random.normal(size=(2, 2, 16)),
        "envelope": random.uniform(0, 1, (2, 2, 5)),
        "hiss": random.uniform(0, 1, (2, 2, 5)),
        "knock": np.zeros((2, 2, 0)),
        "gain": np.array([0, 1.5]),
        "pitch": np.array([110.0, 220.0]),
        "velocity": np.array([[0.3, 1.0], [0.25, 0.9]]),
        "router": random.uniform(0, 1, (3, 2)),
        "control_values": np.array([0.5, 1.0]),
    }
    whole = {name: tensor.astype(np.float32) for name, tensor in tensors.items()}
    whole["control_sites"] = np.array([[0, 4], [2, 49]], np.int32)
    return Preset(
        {
            "format_version": "1.0",
            "kind": "resonance",
            "name": "small",
            "description": "Two “strings” for tests",
            "tags": ["test"],
            "rate": 22050,
            "keys": {"low": 40, "high": 88},
            "attack": 64,
            "control": {"dimensions": 3, "frames": 50, "hop": 128},
            **header,
        },
        whole,
    )
