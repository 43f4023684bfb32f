"""What a preset of kind `ssm` holds: a network of tanh units that rings, and the sparse signal that plays it.

S units, K control dimensions, B samples of a frame, n sites where the control is not zero. With the state h of S
units, a frame is h ← tanh(recurrence · h + input · control), sound = sin(output · h).
"""

from typing import Any

import numpy as np

from .schema import Schema, Tensor, Tensors

RADIUS = 0.998  # the largest singular value of a recurrence: from any state 30 s take it below −90 dB of itself
ROUNDED = 1e-4  # by which float32 may exceed it
SIZES = {"S": 1024, "K": 4096, "B": 4096}  # at most
SHORTEST = 32  # samples of a frame
PERFORMANCE = 3600.0  # seconds of learned control, at most
LOWEST_PITCH = 8.0  # Hz


def _check(header: dict[str, Any], tensors: Tensors, sizes: dict[str, int]) -> None:
    """Sizes that can be played, a recurrence that dies away, the control inside its plane."""
    for letter, most in SIZES.items():
        if sizes[letter] > most:
            raise ValueError(f"size {letter} of its tensors is {sizes[letter]}; at most {most} can be played")
    if sizes["B"] < SHORTEST:
        raise ValueError(f"its frames have {sizes['B']} samples; at least {SHORTEST} are needed")
    norm = float(np.linalg.norm(tensors["recurrence"].astype(np.float64), 2))
    if norm > RADIUS + ROUNDED:
        raise ValueError(f"its recurrence might never fall silent: its norm is {norm:.4f}, above {RADIUS}")
    half, pitch = header["rate"] / 2, tensors["pitch"]
    if pitch.max() >= half or ((pitch > 0) & (pitch < LOWEST_PITCH)).any():
        raise ValueError(f"a dimension has a pitch outside {LOWEST_PITCH:g} to {half:g} Hz that is not 0")
    _check_control(header.get("control"), header["rate"], tensors["control_sites"], sizes)


def _check_control(control: Any, rate: float, sites: np.ndarray, sizes: dict[str, int]) -> None:
    plane = [control.get(key, 0) if isinstance(control, dict) else 0 for key in ("dimensions", "frames", "hop")]
    if any(type(size) is not int or size < 1 for size in plane):
        raise ValueError("'control' must give dimensions, frames and hop as numbers above 0")
    dimensions, frames, hop = plane
    if (dimensions, hop) != (sizes["K"], sizes["B"]):
        raise ValueError("'control' has other dimensions or another hop than the tensors")
    if frames * hop > PERFORMANCE * rate:
        raise ValueError(f"'control' lasts longer than {PERFORMANCE:g} s")
    if sites.size and (sites.min() < 0 or (sites.max(axis=0) >= (dimensions, frames)).any()):
        raise ValueError("the control signal has a site outside its plane")


SCHEMA = Schema(
    tensors={
        "recurrence": Tensor(("S", "S")),
        "input": Tensor(("S", "K")),
        "output": Tensor(("B", "S")),
        "pitch": Tensor(("K",), low=0),
        "energy": Tensor(("K",), low=0),
        "control_values": Tensor(("n",)),
        "control_sites": Tensor(("n", 2), dtypes=("int32",)),
        "map_pad": Tensor(("K", 2), needed=False),
        "map_motion": Tensor(("K", 3), needed=False),
        "map_hand": Tensor(("K", 63), needed=False),
        "map_keys": Tensor(("K", 128), needed=False),
    },
    nonempty="SKB",
    check=_check,
)
