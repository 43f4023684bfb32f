"""What a preset of kind `resonance` holds.

R resonances, L layers (dynamics), E variants (deformation), J modes, A points of an envelope, D samples of a strike,
Q samples of a knock, K control dimensions, F frames of control, n sites where the control is not zero.
"""

from typing import Any

from .schema import Schema, Tensor, Tensors

_MODES = ("R", "L", "E", "J")
_ONE = 1.0


def _check(header: dict[str, Any], tensors: Tensors, sizes: dict[str, int]) -> None:
    """Poles inside the circle and below half the rate, layers in order, the control inside its plane."""
    half = header["rate"] / 2
    if tensors["decay"].min(initial=_ONE) <= 0:
        raise ValueError("a mode does not decay: its pole is not inside the unit circle (decay must be > 0 1/s)")
    if tensors["frequency"].max(initial=0) >= half:
        raise ValueError(
            f"a mode has {tensors['frequency'].max():g} Hz; it must lie below {half:g} Hz, half the rate"
        )
    if tensors["frequency"].min(where=tensors["amplitude"] > 0, initial=_ONE) <= 0:
        raise ValueError("a mode that sounds has a frequency of 0 Hz")
    if tensors["pitch"].max(initial=0) >= half:
        raise ValueError(f"a resonance has a pitch of {tensors['pitch'].max():g} Hz, not below {half:g} Hz")
    velocity = tensors["velocity"]
    if velocity.min() <= 0 or (velocity[:, 1:] <= velocity[:, :-1]).any():
        raise ValueError("the velocities of its layers must be above 0 and ascend")
    attack = header.get("attack")
    if type(attack) is not int or not 1 <= attack <= 60 * header["rate"]:
        raise ValueError(f"'attack' is {attack!r}; it must be a number of samples, at least 1 and at most 60 s")
    _check_control(header.get("control"), tensors, sizes)


def _check_control(control: Any, tensors: Tensors, sizes: dict[str, int]) -> None:
    """The learned control plane, in presets that have one."""
    together = {"router", "control_values", "control_sites"}
    if not together & tensors.keys():
        return
    if not together <= tensors.keys():
        raise ValueError(f"a control plane needs the tensors {', '.join(sorted(together))} together")
    plane = [control.get(key) if isinstance(control, dict) else None for key in ("dimensions", "frames", "hop")]
    if any(type(size) is not int or size < 1 for size in plane):
        raise ValueError("'control' must give dimensions, frames and hop as numbers above 0")
    dimensions, frames, _ = plane
    if dimensions != sizes["K"] or sizes.get("F", frames) != frames:
        raise ValueError("'control' has other dimensions or frames than the tensors")
    sites = tensors["control_sites"]
    if sites.size and (sites.min() < 0 or (sites.max(axis=0) >= (dimensions, frames)).any()):
        raise ValueError("the control signal has a site outside its plane")


SCHEMA = Schema(
    tensors={
        "frequency": Tensor(_MODES, low=0),
        "decay": Tensor(_MODES, low=0),
        "amplitude": Tensor(_MODES, low=0),
        "phase": Tensor(_MODES),
        "place": Tensor(("R", "E", "J"), low=-1, high=1),
        "strike": Tensor(("R", "L", "D")),
        "envelope": Tensor(("R", "L", "A")),
        "hiss": Tensor(("R", "L", "A")),
        "knock": Tensor(("R", "L", "Q"), also=("R", "L", 2, "Q")),
        "gain": Tensor(("R",), low=0),
        "pitch": Tensor(("R",), low=0),
        "velocity": Tensor(("R", "L"), high=1),
        "router": Tensor(("K", "R"), needed=False),
        "control_values": Tensor(("n",), needed=False),
        "control_sites": Tensor(("n", 2), dtypes=("int32",), needed=False),
        "deformation": Tensor(("E", "F"), needed=False),
        "map_pad": Tensor(("K", 2), needed=False),
        "map_motion": Tensor(("K", 3), needed=False),
        "map_hand": Tensor(("K", 63), needed=False),
        "map_keys": Tensor(("K", 128), needed=False),
    },
    nonempty="RLEJDA",
    check=_check,
)
