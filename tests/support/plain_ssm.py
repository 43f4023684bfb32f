"""Naive rendering of a state-space preset, in double precision."""

import numpy as np

from engine.preset.preset_file import Preset


def frames(preset: Preset, control: np.ndarray) -> np.ndarray:
    """The output (F · B,) for a control signal (K, F), in float64."""
    weight, entrance, output = (preset.tensors[name].astype(np.float64) for name in ("recurrence", "input", "output"))
    h, written = np.zeros(len(weight)), []
    for column in control.T:
        h = np.tanh(weight @ h + entrance @ column)
        written.append(np.sin(output @ h))
    return np.concatenate(written)


def learned_control(preset: Preset) -> np.ndarray:
    """The control signal (K, F) that a preset carries."""
    plane = preset.header["control"]
    control = np.zeros((plane["dimensions"], plane["frames"]))
    control[tuple(preset.tensors["control_sites"].T)] = preset.tensors["control_values"]
    return control


def impulse_response(preset: Preset, dimension: int, energy: float, count: int = 400) -> np.ndarray:
    """The response (count · B,) of one dimension to one strike."""
    control = np.zeros((preset.tensors["input"].shape[1], count))
    control[dimension, 0] = energy
    return frames(preset, control)
