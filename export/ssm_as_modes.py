"""The linear part of a state-space instrument as a resonance instrument: exact modes, no frames, any rate.

The strongest of all its poles (poles.py) become modes, the rest of the attack is heard directly.
"""

from typing import Any

import numpy as np

from engine.preset.preset_file import Preset

from . import probe
from .resonance import VELOCITY
from .ssm_poles import poles, response, ringing

MODES = 256  # of a dimension, at most
KNOCK = 0.1  # seconds of the attack that are kept as they are, apart from the modes
FADE = 0.3  # of that, the part in which it ends


def as_modes(made: Preset, count: int = MODES) -> Preset:
    """The resonance preset of a state-space preset's linear part: a resonance for each dimension ever played."""
    t = {name: tensor.astype(np.float64) for name, tensor in made.tensors.items()}
    rate, used = float(made.header["rate"]), np.flatnonzero(t["energy"] > 0)
    pole, residue = poles(t["recurrence"], t["output"], t["input"][:, used])
    chosen = [_strongest(pole, row, count) for row in residue]
    samples = int(KNOCK * rate)
    attack = response(t["recurrence"], t["output"], t["input"][:, used], samples)
    kept = [(pole[at], residue[r, at]) for r, at in enumerate(chosen)]
    fade = np.interp(np.arange(samples) / samples, [0, 1 - FADE, 1], [1, 1, 0])
    knock = fade * (attack - np.stack([ringing(*modes, samples) for modes in kept]))
    found = _laid(kept, knock, rate)
    found |= {"pitch": t["pitch"][used], "router": np.eye(len(t["energy"]))[:, used]}
    found |= {name: t[name] for name in t if name.startswith("map_")} | {"control_values": t["control_values"]}
    laid = {name: np.ascontiguousarray(value, np.float32) for name, value in found.items()}
    _even(laid, t["energy"][used])
    laid["control_sites"] = made.tensors["control_sites"]
    whole = Preset(_header(made.header), laid)
    return probe.of_note(whole, (whole.header["keys"]["low"] + whole.header["keys"]["high"]) // 2)


def _strongest(pole: np.ndarray, residue: np.ndarray, count: int) -> np.ndarray:
    """Which modes have most energy."""
    energy = np.abs(residue) ** 2 / (1 - np.abs(pole) ** 2)
    return np.argsort(-energy)[:count]


def _laid(kept: list[tuple[np.ndarray, np.ndarray]], knock: np.ndarray, rate: float) -> dict[str, np.ndarray]:
    """Modes and knocks as a resonance preset has them."""
    pole, residue = (np.stack([modes[i] for modes in kept])[:, None, None] for i in range(2))
    shape = (len(kept), 1, 1)
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
        "gain": np.zeros(len(kept)),
        "velocity": np.full((len(kept), 1), VELOCITY),
    }


def _even(laid: dict[str, np.ndarray], energy: np.ndarray) -> None:
    """Strike each resonance (R,) with its energy when a note is played; the router makes up for it."""
    for name in ("strike", "knock"):
        laid[name] *= energy[:, None, None].astype(np.float32)
    laid["router"] /= energy.astype(np.float32)


def _header(header: dict[str, Any]) -> dict[str, Any]:
    """The header of the one kind from that of the other."""
    training = {**header["training"], "recipe": f"{header['training']['recipe']}, as modes"}
    kept = {key: value for key, value in header.items() if key not in ("probe", "loudness", "level")}
    return {**kept, "kind": "resonance", "attack": 1, "training": training}
