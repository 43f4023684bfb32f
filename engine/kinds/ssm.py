"""The kind ssm: a state-space network of tanh units, and the sparse control signal that it was learned with.

S units, K control dimensions, B samples of a frame, n sites where the control is not zero. With the state h of S
units, a frame is h ← tanh(recurrence · h + input · control), sound = sin(output · h).
"""

from typing import Any

import numpy as np

from .kind import InstrumentKind
from .schema import Schema, Tensor, Tensors, check_max_sizes

MAX_NORM = 0.998  # of the recurrence, its largest singular value: any state falls below −90 dB of itself in 30 s
NORM_TOLERANCE = 1e-4  # by which float32 may exceed it
MAX_SIZES = {"S": 1024, "K": 4096, "B": 4096}
MIN_FRAME_SAMPLES = 32
MAX_CONTROL_SECONDS = 3600.0
MIN_PITCH_HZ = 8.0


def _check(header: dict[str, Any], tensors: Tensors, sizes: dict[str, int]) -> None:
    """Check sizes, that the recurrence decays, and that the control signal lies in its plane."""
    check_max_sizes(sizes, MAX_SIZES)
    if sizes["B"] < MIN_FRAME_SAMPLES:
        raise ValueError(f"its frames have {sizes['B']} samples; at least {MIN_FRAME_SAMPLES} are needed")
    norm = float(np.linalg.norm(tensors["recurrence"].astype(np.float64), 2))
    if norm > MAX_NORM + NORM_TOLERANCE:
        raise ValueError(f"its recurrence might never fall silent: its norm is {norm:.4f}, above {MAX_NORM}")
    half, pitch = header["rate"] / 2, tensors["pitch"]
    if pitch.max() >= half or ((pitch > 0) & (pitch < MIN_PITCH_HZ)).any():
        raise ValueError(f"a dimension has a pitch outside {MIN_PITCH_HZ:g} to {half:g} Hz that is not 0")
    _check_control(header.get("control"), header["rate"], tensors["control_sites"], sizes)


def _check_control(control: Any, rate: float, sites: np.ndarray, sizes: dict[str, int]) -> None:
    plane = [control.get(key, 0) if isinstance(control, dict) else 0 for key in ("dimensions", "frames", "hop")]
    if any(type(size) is not int or size < 1 for size in plane):
        raise ValueError("'control' must give dimensions, frames and hop as numbers above 0")
    dimensions, frames, hop = plane
    if (dimensions, hop) != (sizes["K"], sizes["B"]):
        raise ValueError("'control' has other dimensions or another hop than the tensors")
    if frames * hop > MAX_CONTROL_SECONDS * rate:
        raise ValueError(f"'control' lasts longer than {MAX_CONTROL_SECONDS:g} s")
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

KIND = InstrumentKind(
    name="ssm",
    title="State-space network",
    summary="A small network that rings by itself, and the sparse signal that plays it.",
    description="a recurrent network that rings by itself",
    label="struck, as a network (ssm)",
    schema=SCHEMA,
    instrument="engine.instruments.ssm.instrument:StateSpace",
    compile_label="networks",
    display="sound_map",
    sound_map="engine.snapshots.ssm:sound_map",
    control_plane="engine.snapshots.ssm:control_plane",
    record_layout="engine.snapshots.ssm:record_layout",
    plays_as_learned=lambda tensors: True,
    learn_label="Struck, with noise and body: a network (state space)",
    learn_minutes=20.0,
    learn_as=("piece", "modes"),
    learn_options=("control", "sites", "state", "frame", "rate"),
)
