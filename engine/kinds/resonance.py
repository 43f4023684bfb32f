"""The kind resonance: banks of decaying modes, the noise bursts that excite them, and a learned control plane.

R resonances, L layers (dynamics), E variants (deformation), J modes, A points of an envelope, D samples of a strike,
Q samples of a knock, K control dimensions, F frames of control, n sites where the control is not zero.
"""

import math
from typing import Any

from .kind import InstrumentKind
from .schema import Schema, Tensor, Tensors, check_max_sizes

MAX_ATTACK_SAMPLES = 1 << 15  # half the table of noise, so that strikes can start at many offsets in it
MIN_PITCH_HZ = 8.0  # just below the lowest key
MAX_SIZES = {"R": 512, "L": 8, "E": 8, "J": 1024, "A": 4096, "K": 4096}
MAX_STRIKE_SECONDS = 2.0  # also of a knock
MAX_CONTROL_SECONDS = 3600.0
MAX_NUMBERS = 1 << 26  # float32 of an instrument that is laid out for playing

_MODES = ("R", "L", "E", "J")
_RATE = 48_000.0  # Hz of the device for which the memory is estimated
_VOICES, _NUMBERS_PER_MODE = 80, 17  # voices of an instrument, and float32 of a mode in each: 9, and 4 float64


def _check(header: dict[str, Any], tensors: Tensors, sizes: dict[str, int]) -> None:
    """Check that poles are stable and below half the rate, layers in order, and the control signal in its plane."""
    half = header["rate"] / 2
    if tensors["decay"].min(initial=1.0) <= 0:
        raise ValueError("a mode does not decay: its pole is not inside the unit circle (decay must be > 0 1/s)")
    if tensors["frequency"].max(initial=0) >= half:
        raise ValueError(
            f"a mode has {tensors['frequency'].max():g} Hz; it must lie below {half:g} Hz, half the rate"
        )
    if tensors["frequency"].min(where=tensors["amplitude"] > 0, initial=1.0) <= 0:
        raise ValueError("a mode that sounds has a frequency of 0 Hz")
    pitch, velocity = tensors["pitch"], tensors["velocity"]
    if pitch.max() >= half or ((pitch > 0) & (pitch < MIN_PITCH_HZ)).any():
        raise ValueError(
            f"a resonance has a pitch of {pitch[pitch > 0].min():g} to {pitch.max():g} Hz; "
            f"pitches must be 0 or from {MIN_PITCH_HZ:g} to below {half:g} Hz"
        )
    if velocity.min() <= 0 or (velocity[:, 1:] <= velocity[:, :-1]).any():
        raise ValueError("the velocities of its layers must be above 0 and ascend")
    _check_control(header.get("control"), header["rate"], tensors, sizes)
    _check_size(header, sizes)


def _check_control(control: Any, rate: float, tensors: Tensors, sizes: dict[str, int]) -> None:
    """Check the learned control plane, of presets that have one."""
    tensors_of_plane = {"router", "control_values", "control_sites"}
    if tensors_of_plane & tensors.keys() and not tensors_of_plane <= tensors.keys():
        raise ValueError(f"a control plane needs the tensors {', '.join(sorted(tensors_of_plane))} together")
    if control is None and not tensors_of_plane & tensors.keys():
        return
    plane = [control.get(key, 0) if isinstance(control, dict) else 0 for key in ("dimensions", "frames", "hop")]
    if any(type(size) is not int or size < 1 for size in plane):
        raise ValueError("'control' must give dimensions, frames and hop as numbers above 0")
    dimensions, frames, hop = plane
    if dimensions > MAX_SIZES["K"] or hop > rate or frames * hop > MAX_CONTROL_SECONDS * rate:
        raise ValueError(
            f"'control' may have at most {MAX_SIZES['K']} dimensions, a hop of 1 s and "
            f"{MAX_CONTROL_SECONDS:g} s in all"
        )
    if sizes.get("K", dimensions) != dimensions or sizes.get("F", frames) != frames:
        raise ValueError("'control' has other dimensions or frames than the tensors")
    sites = tensors.get("control_sites")
    if sites is not None and sites.size and (sites.min() < 0 or (sites.max(axis=0) >= (dimensions, frames)).any()):
        raise ValueError("the control signal has a site outside its plane")


def _check_size(header: dict[str, Any], sizes: dict[str, int]) -> None:
    """Check the memory that the instrument will take: a small file can describe a large one."""
    attack, rate = header.get("attack"), header["rate"]
    if type(attack) is not int or not 1 <= attack <= MAX_ATTACK_SAMPLES:
        raise ValueError(f"'attack' is {attack!r}; it must be a number of samples from 1 to {MAX_ATTACK_SAMPLES}")
    check_max_sizes(sizes, MAX_SIZES)
    for letter, what in (("D", "strikes"), ("Q", "knocks")):
        if sizes[letter] > MAX_STRIKE_SECONDS * rate:
            raise ValueError(
                f"its {what} are {sizes[letter] / rate:g} s long; at most {MAX_STRIKE_SECONDS:g} s can be played"
            )
    numbers = estimate_numbers(attack, rate, sizes)
    if numbers > MAX_NUMBERS:
        raise ValueError(f"it would take {numbers} numbers of memory to play; at most {MAX_NUMBERS} are allowed")


def estimate_numbers(attack: int, rate: float, sizes: dict[str, int]) -> int:
    """Estimate the float32 numbers of an instrument of these sizes on a device of 48 kHz."""
    resonances, layers, variants, modes = (sizes[letter] for letter in _MODES)
    stretch = max(_RATE / rate, 1.0)
    attacks = resonances * layers * (2 * attack + sizes["D"] + 2 * sizes["Q"])
    routes = resonances * (sizes.get("K", 0) + 128)
    banks = variants * modes * (resonances * (6 * layers + 2) + _VOICES * _NUMBERS_PER_MODE)
    return math.ceil(stretch * attacks) + routes + banks


def _contents(tensors: Tensors) -> list[str]:
    """Counts in words."""
    resonances, layers, variants, modes = tensors["frequency"].shape
    parts = [_count(resonances, "resonance"), f"{_count(modes, 'mode')} each"]
    parts += [_count(layers, "dynamic")] if layers > 1 else []
    parts += [f"{variants} shapes that it can be deformed to"] if variants > 1 else []
    return parts + (["a learned performance"] if "control_values" in tensors else [])


def _inert_params(tensors: Tensors) -> list[str]:
    """A single variant cannot be deformed."""
    return ["deform"] if tensors["frequency"].shape[2] == 1 else []


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


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

KIND = InstrumentKind(
    name="resonance",
    title="Resonances",
    summary="What rings in the recording, and what strikes it.",
    description="damped modes that are struck",
    label="struck or plucked (resonance)",
    schema=SCHEMA,
    instrument="engine.instruments.resonance.instrument:Resonance",
    compile_label="resonance instruments",
    compile_ahead="engine.instruments.resonance.instrument:compile_keys",
    snapshot="engine.snapshots.resonance:sounding_modes",
    learned_modes="engine.snapshots.resonance:learned_modes",
    resonance_key="engine.snapshots.resonance:resonance_key",
    control_plane="engine.snapshots.resonance:control_plane",
    record_layout="engine.snapshots.resonance:record_layout",
    plays_as_learned=lambda tensors: "router" in tensors,
    inert_params=_inert_params,
    contents=_contents,
    learn_label="Struck or plucked: what rings (resonances)",
    learn_minutes=10.0,
    learn_as=("notes", "piece"),
    learn_sounds=("strokes",),
    learn_options=("control", "resonances", "modes", "variants", "sites", "rate"),
)
