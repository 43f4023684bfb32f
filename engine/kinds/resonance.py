"""What a preset of kind `resonance` holds.

R resonances, L layers (dynamics), E variants (deformation), J modes, A points of an envelope, D samples of a strike,
Q samples of a knock, K control dimensions, F frames of control, n sites where the control is not zero.
"""

import math
from typing import Any

from .schema import Schema, Tensor, Tensors

LONGEST_ATTACK = 1 << 15  # samples: half the table of noise, so that strikes can begin at many places of it
LOWEST_PITCH = 8.0  # Hz, just below the lowest key
SIZES = {"R": 512, "L": 8, "E": 8, "J": 1024, "A": 4096, "K": 4096}  # at most
SECONDS = 2.0  # of a strike or a knock, at most
PERFORMANCE = 3600.0  # seconds of learned control, at most
NUMBERS = 1 << 26  # that a preset may become when it is laid out for playing

_MODES = ("R", "L", "E", "J")
_ONE = 1.0
_RATE = 48_000.0  # Hz, of a device, for the reckoning of what is laid out
_VOICES, _MODE = 80, 17  # voices of an instrument, and what each keeps of a mode: 9 float32 and 4 float64


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
    pitch, velocity = tensors["pitch"], tensors["velocity"]
    if pitch.max() >= half or ((pitch > 0) & (pitch < LOWEST_PITCH)).any():
        raise ValueError(
            f"a resonance has a pitch of {pitch[pitch > 0].min():g} to {pitch.max():g} Hz; "
            f"pitches must be 0 or from {LOWEST_PITCH:g} to below {half:g} Hz"
        )
    if velocity.min() <= 0 or (velocity[:, 1:] <= velocity[:, :-1]).any():
        raise ValueError("the velocities of its layers must be above 0 and ascend")
    _check_control(header.get("control"), header["rate"], tensors, sizes)
    _check_size(header, sizes)


def _check_control(control: Any, rate: float, tensors: Tensors, sizes: dict[str, int]) -> None:
    """The learned control plane, in presets that have one."""
    together = {"router", "control_values", "control_sites"}
    if together & tensors.keys() and not together <= tensors.keys():
        raise ValueError(f"a control plane needs the tensors {', '.join(sorted(together))} together")
    if control is None and not together & tensors.keys():
        return
    plane = [control.get(key, 0) if isinstance(control, dict) else 0 for key in ("dimensions", "frames", "hop")]
    if any(type(size) is not int or size < 1 for size in plane):
        raise ValueError("'control' must give dimensions, frames and hop as numbers above 0")
    dimensions, frames, hop = plane
    if dimensions > SIZES["K"] or hop > rate or frames * hop > PERFORMANCE * rate:
        raise ValueError(
            f"'control' may have at most {SIZES['K']} dimensions, a hop of 1 s and {PERFORMANCE:g} s in all"
        )
    if sizes.get("K", dimensions) != dimensions or sizes.get("F", frames) != frames:
        raise ValueError("'control' has other dimensions or frames than the tensors")
    sites = tensors.get("control_sites")
    if sites is not None and sites.size and (sites.min() < 0 or (sites.max(axis=0) >= (dimensions, frames)).any()):
        raise ValueError("the control signal has a site outside its plane")


def _check_size(header: dict[str, Any], sizes: dict[str, int]) -> None:
    """How much memory the instrument will take: a small file can describe a large one."""
    attack, rate = header.get("attack"), header["rate"]
    if type(attack) is not int or not 1 <= attack <= LONGEST_ATTACK:
        raise ValueError(f"'attack' is {attack!r}; it must be a number of samples from 1 to {LONGEST_ATTACK}")
    for letter, most in SIZES.items():
        if sizes.get(letter, 0) > most:
            raise ValueError(f"size {letter} of its tensors is {sizes[letter]}; at most {most} can be played")
    for letter, what in (("D", "strikes"), ("Q", "knocks")):
        if sizes[letter] > SECONDS * rate:
            raise ValueError(f"its {what} are {sizes[letter] / rate:g} s long; at most {SECONDS:g} s can be played")
    numbers = laid_out(attack, rate, sizes)
    if numbers > NUMBERS:
        raise ValueError(f"it would take {numbers} numbers of memory to play; at most {NUMBERS} are allowed")


def laid_out(attack: int, rate: float, sizes: dict[str, int]) -> int:
    """About how many float32 an instrument of these sizes takes on a device of 48 kHz."""
    resonances, layers, variants, modes = (sizes[letter] for letter in _MODES)
    longer = max(_RATE / rate, 1.0)
    attacks = resonances * layers * (2 * attack + sizes["D"] + 2 * sizes["Q"])
    routes = resonances * (sizes.get("K", 0) + 128)
    banks = variants * modes * (resonances * (6 * layers + 2) + _VOICES * _MODE)
    return math.ceil(longer * attacks) + routes + banks


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
        "harmonic": Tensor(("R", "E", "J"), low=0, high=1, needed=False),
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
