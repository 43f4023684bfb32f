"""The linear part of a state-space preset as a resonance preset: exact modes, no frames, any rate.

The strongest of all its poles (ssm_poles.py) become modes; the rest of the attack becomes the knock.
"""

from typing import Any

import numpy as np

from engine.preset.preset_file import Preset

from . import reference_output
from .resonance import VELOCITY
from .ssm_poles import find_poles, linear_response, render_modes

MAX_MODES = 256  # maximum per dimension
KNOCK_SECONDS = 0.1  # of the attack that are stored as samples, beside the modes
FADE_SHARE = 0.3  # final part of it that fades out


def as_modes(source: Preset, count: int = MAX_MODES) -> Preset:
    """Resonance preset of a state-space preset's linear part: a resonance for each dimension that is used."""
    t = {name: tensor.astype(np.float64) for name, tensor in source.tensors.items()}
    rate, used = float(source.header["rate"]), np.flatnonzero(t["energy"] > 0)
    pole, residue = find_poles(t["recurrence"], t["output"], t["input"][:, used])
    strongest = [_strongest(pole, row, count) for row in residue]
    samples = int(KNOCK_SECONDS * rate)
    attack = linear_response(t["recurrence"], t["output"], t["input"][:, used], samples)
    modes_of_dimensions = [(pole[at], residue[r, at]) for r, at in enumerate(strongest)]
    fade = np.interp(np.arange(samples) / samples, [0, 1 - FADE_SHARE, 1], [1, 1, 0])
    knock = fade * (attack - np.stack([render_modes(*modes, samples) for modes in modes_of_dimensions]))
    tensors = _tensors(modes_of_dimensions, knock, rate)
    tensors |= {"pitch": t["pitch"][used], "router": np.eye(len(t["energy"]))[:, used]}
    tensors |= {name: t[name] for name in t if name.startswith("map_")} | {"control_values": t["control_values"]}
    arrays = {name: np.ascontiguousarray(value, np.float32) for name, value in tensors.items()}
    _scale_strikes(arrays, t["energy"][used])
    arrays["control_sites"] = source.tensors["control_sites"]
    preset = Preset(_header(source.header), arrays)
    return reference_output.add_note_probe(
        preset, (preset.header["keys"]["low"] + preset.header["keys"]["high"]) // 2
    )


def _strongest(pole: np.ndarray, residue: np.ndarray, count: int) -> np.ndarray:
    """Indices of the modes with most energy."""
    energy = np.abs(residue) ** 2 / (1 - np.abs(pole) ** 2)
    return np.argsort(-energy)[:count]


def _tensors(
    modes_of_dimensions: list[tuple[np.ndarray, np.ndarray]], knock: np.ndarray, rate: float
) -> dict[str, np.ndarray]:
    """Tensors of modes and knocks in a resonance preset."""
    pole, residue = (np.stack([modes[i] for modes in modes_of_dimensions])[:, None, None] for i in range(2))
    shape = (len(modes_of_dimensions), 1, 1)
    return {
        "frequency": np.angle(pole) * rate / (2 * np.pi),
        "decay": np.maximum(-np.log(np.abs(pole)) * rate, 1e-3),
        "amplitude": np.abs(residue),
        "phase": np.angle(residue),
        "place": np.zeros(pole.shape[:1] + pole.shape[2:]),
        "strike": np.ones(shape),
        "envelope": np.zeros(shape),
        "hiss": np.zeros(shape),
        "knock": knock[:, None],
        "gain": np.zeros(len(modes_of_dimensions)),
        "velocity": np.full((len(modes_of_dimensions), 1), VELOCITY),
    }


def _scale_strikes(arrays: dict[str, np.ndarray], energy: np.ndarray) -> None:
    """Strike each resonance (R,) with its energy when a note is played; the router compensates."""
    for name in ("strike", "knock"):
        arrays[name] *= energy[:, None, None].astype(np.float32)
    arrays["router"] /= energy.astype(np.float32)


def _header(header: dict[str, Any]) -> dict[str, Any]:
    """Header of the resonance preset."""
    training = {**header["training"], "recipe": f"{header['training']['recipe']}, as modes"}
    kept = {key: value for key, value in header.items() if key not in ("probe", "loudness", "level")}
    return {**kept, "kind": "resonance", "attack": 1, "training": training}
