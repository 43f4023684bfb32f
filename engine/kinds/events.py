"""What a preset of kind `events` holds: a decoder of many keys, each a kind of event, and the rooms they sound in.

K keys, M numbers of an embedding, A waves, F frames of an event, P pitches of waves, R rooms, T taps of each, N
samples of noise, W and V channels of the upsampling stacks of impulses and filters. The encoder, which is needed only
to find the events of a recording, lies beside it in tensors whose names begin with `heard.`.
"""

import math
from typing import Any

from engine.dsp.waveforms import SHAPES

from .schema import Schema, Tensor, Tensors

HOP = 256  # samples of a frame
GRAIN, GRAIN_HOP = 32, 16  # samples of the short spectra that shape an impulse
BANDS = 32  # that the filter of a frame is drawn through
SIZES = {"K": 16384, "M": 2048, "A": 4096, "W": 512, "V": 512, "R": 64}  # at most
LONGEST = 4.0  # seconds of an event or a room, at most


def _check(header: dict[str, Any], tensors: Tensors, sizes: dict[str, int]) -> None:
    """Sizes that can be played and fit each other, and what the decoder is told besides."""
    for letter, most in SIZES.items():
        if sizes[letter] > most:
            raise ValueError(f"size {letter} of its tensors is {sizes[letter]}; at most {most} can be played")
    rate, told = header["rate"], header.get("decoder")
    for what, samples in (("events", HOP * sizes["F"]), ("rooms", sizes["T"])):
        if samples > LONGEST * rate:
            raise ValueError(f"its {what} are {samples / rate:g} s long; at most {LONGEST:g} s can be played")
    if not isinstance(told, dict) or type(told.get("published")) is not bool:
        raise ValueError("'decoder' must say whether it is as published")
    shapes, decays = told.get("shapes"), told.get("decays")
    if not isinstance(shapes, list) or not shapes or any(shape not in SHAPES for shape in shapes):
        raise ValueError(f"'decoder' has the shapes {shapes!r}; they must be some of {', '.join(SHAPES)}")
    if sizes["A"] != sizes["P"] * len(shapes):
        raise ValueError(f"it has {sizes['A']} waves where {sizes['P']} pitches × {len(shapes)} shapes fit")
    if not isinstance(decays, list) or len(decays) != 2 or not all(isinstance(x, int | float) for x in decays):
        raise ValueError(f"'decoder' has the decays {decays!r}; they must be two numbers")
    if not 0 < decays[0] <= decays[1] < 1:
        raise ValueError(f"'decoder' has the decays {decays!r}; they must ascend between 0 and 1")
    _check_stacks(tensors, sizes)
    half = rate / 2
    if tensors["frequencies"].min() <= 0 or max(tensors["frequencies"].max(), tensors["pitch"].max()) >= half:
        raise ValueError(f"a wave or key has a frequency outside 0 to {half:g} Hz")
    dry = header.get("dry")
    if not isinstance(dry, int | float) or not 0 <= dry <= 1:
        raise ValueError(f"'dry' is {dry!r}; it must be a number from 0 to 1")


def _check_stacks(tensors: Tensors, sizes: dict[str, int]) -> None:
    """Each stack ends with as many frames as are needed."""
    samples = tensors["noise"].shape[0] - GRAIN
    if samples <= 0 or samples % GRAIN_HOP or samples > HOP * sizes["F"]:
        raise ValueError(f"its noise has {samples} samples; they must be a multiple of {GRAIN_HOP}, within an event")
    for name, width, frames in (("impulse", "W", samples // GRAIN_HOP), ("filter", "V", sizes["F"])):
        begun, steps = tensors[f"{name}_in_weight"].shape[0] / sizes[width], tensors[f"{name}_up_weight"].shape[0]
        if begun != int(begun) or begun * math.pow(2, min(steps, 30)) != frames:
            raise ValueError(f"its {name} stack does not end with {frames} frames")


def _stack(name: str, width: str, outputs: int) -> dict[str, Tensor]:
    """A linear layer, steps that double the frames, and a last convolution."""
    return {
        f"{name}_in_weight": Tensor((f"{name} begun", "M")),
        f"{name}_in_bias": Tensor((f"{name} begun",)),
        f"{name}_up_weight": Tensor((f"{name} steps", width, width, 4)),
        f"{name}_up_bias": Tensor((f"{name} steps", width)),
        f"{name}_out_weight": Tensor((outputs, width, 3)),
        f"{name}_out_bias": Tensor((outputs,)),
    }


def _head(name: str, outputs: str | int) -> dict[str, Tensor]:
    return {f"{name}_weight": Tensor((outputs, "M")), f"{name}_bias": Tensor((outputs,))}


SCHEMA = Schema(
    tensors={
        "embedding": Tensor(("K", "M")),
        "offset": Tensor(("M",)),
        "swell": Tensor(("M",)),
        "context": Tensor(("M",)),
        "frequencies": Tensor(("P",)),
        **_head("wave", "A"),
        **_head("decay", "F"),
        **_head("mix", 3),
        **_head("level", 1),
        **_stack("impulse", "W", GRAIN // 2 + 1),
        **_stack("filter", "V", BANDS),
        "noise": Tensor(("N",)),
        "rooms": Tensor(("R", "T")),
        "room": Tensor(("T",)),
        "gains": Tensor(("G",), low=0, high=1),
        "pitch": Tensor(("K",), low=0),
        "use": Tensor(("K",), low=0),
        "strength": Tensor(("K",), low=0),
    },
    nonempty="KMAFPRTWVN",
    check=_check,
)
