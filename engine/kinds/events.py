"""The kind events: a decoder of K sound events, and the rooms of the recordings they were learned from.

K events, M numbers of an embedding, A waves, F frames of an event, P pitches of waves, R rooms, T taps of each, N
samples of noise, W and V channels of the upsampling stacks of impulses and filters, B bins of an impulse's spectra.
The encoder, which is needed only to find the events of a recording, lies beside it in tensors whose names begin with
`heard.`.
"""

import math
from typing import Any

from engine.dsp.wave_bank import SHAPES

from .kind import InstrumentKind
from .schema import Schema, Tensor, Tensors, check_max_sizes

DEFAULT_HOP = 256  # samples of a frame, unless the header says another
HOPS = tuple(1 << i for i in range(6, 13))  # samples of a frame that can be played
GRAINS_PER_HOP = 8  # a grain, one of the short spectra that shape an impulse, is that part of a frame
BANDS = 32  # of the filter of a frame, interpolated between them
MAX_SIZES = {"K": 16384, "M": 2048, "A": 4096, "W": 512, "V": 512, "R": 64}
MAX_SECONDS = 4.0  # of an event or a room


def frame_sizes(decoder: dict[str, Any]) -> tuple[int, int]:
    """Samples of a frame and of a grain, by the part `decoder` of a header; grains follow at every half of one."""
    hop = int(decoder.get("hop", DEFAULT_HOP))
    return hop, hop // GRAINS_PER_HOP


def _check(header: dict[str, Any], tensors: Tensors, sizes: dict[str, int]) -> None:
    """Check sizes, and the values of the header."""
    check_max_sizes(sizes, MAX_SIZES)
    rate, decoder = header["rate"], header.get("decoder")
    if not isinstance(decoder, dict) or type(decoder.get("published")) is not bool:
        raise ValueError("'decoder' must say whether it is as published")
    if decoder.get("hop", DEFAULT_HOP) not in HOPS:
        raise ValueError(f"'decoder' has the hop {decoder['hop']!r}; it must be a power of two from 64 to 4096")
    hop, grain = frame_sizes(decoder)
    for what, samples in (("events", hop * sizes["F"]), ("rooms", sizes["T"])):
        if samples > MAX_SECONDS * rate:
            raise ValueError(f"its {what} are {samples / rate:g} s long; at most {MAX_SECONDS:g} s can be played")
    shapes, decays = decoder.get("shapes"), decoder.get("decays")
    if not isinstance(shapes, list) or not shapes or any(shape not in SHAPES for shape in shapes):
        raise ValueError(f"'decoder' has the shapes {shapes!r}; they must be some of {', '.join(SHAPES)}")
    if sizes["A"] != sizes["P"] * len(shapes):
        raise ValueError(f"it has {sizes['A']} waves where {sizes['P']} pitches × {len(shapes)} shapes fit")
    if not isinstance(decays, list) or len(decays) != 2 or not all(isinstance(x, int | float) for x in decays):
        raise ValueError(f"'decoder' has the decays {decays!r}; they must be two numbers")
    if not 0 < decays[0] <= decays[1] < 1:
        raise ValueError(f"'decoder' has the decays {decays!r}; they must ascend between 0 and 1")
    _check_stacks(tensors, sizes, hop, grain)
    half = rate / 2
    if tensors["frequencies"].min() <= 0 or max(tensors["frequencies"].max(), tensors["pitch"].max()) >= half:
        raise ValueError(f"a wave or key has a frequency outside 0 to {half:g} Hz")
    dry = header.get("dry")
    if not isinstance(dry, int | float) or not 0 <= dry <= 1:
        raise ValueError(f"'dry' is {dry!r}; it must be a number from 0 to 1")


def _check_stacks(tensors: Tensors, sizes: dict[str, int], hop: int, grain: int) -> None:
    """Check that the upsampling of each stack ends with the frames of an event, and with the bins of grains."""
    samples, grain_hop = tensors["noise"].shape[0] - grain, grain // 2
    if samples <= 0 or samples % grain_hop or samples > hop * sizes["F"]:
        raise ValueError(f"its noise has {samples} samples; they must be a multiple of {grain_hop}, within an event")
    if sizes["B"] != grain_hop + 1:
        raise ValueError(f"its impulses have {sizes['B']} bins; frames of {hop} samples need {grain_hop + 1}")
    for name, width, frames in (("impulse", "W", samples // grain_hop), ("filter", "V", sizes["F"])):
        initial, steps = tensors[f"{name}_in_weight"].shape[0] / sizes[width], tensors[f"{name}_up_weight"].shape[0]
        if initial != int(initial) or initial * math.pow(2, min(steps, 30)) != frames:
            raise ValueError(f"its {name} stack does not end with {frames} frames")


def _stack(name: str, width: str, outputs: str | int) -> dict[str, Tensor]:
    """Tensors of an upsampling stack: a linear layer, steps that double the frames, and a last convolution."""
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
        **_stack("impulse", "W", "B"),
        **_stack("filter", "V", BANDS),
        "noise": Tensor(("N",)),
        "rooms": Tensor(("R", "T")),
        "room": Tensor(("T",)),
        "gains": Tensor(("G",), low=0, high=1),
        "pitch": Tensor(("K",), low=0),
        "use": Tensor(("K",), low=0),
        "strength": Tensor(("K",), low=0),
    },
    nonempty="KMAFPRTWVNB",
    check=_check,
)

KIND = InstrumentKind(
    name="events",
    title="Events",
    summary="Many kinds of small sounds, of which whole recordings are put together.",
    description="many kinds of sounds, of which scores are made",
    label="many sounds (events)",
    schema=SCHEMA,
    instrument="engine.instruments.events.instrument:Events",
    display="sound_map",
    sound_map="engine.snapshots.events:sound_map",
    record_layout="engine.snapshots.events:record_layout",
    probe="engine.instruments.events.decoder:probe_outputs",
    has_room=True,
    plays_event_scores=True,
    plays_as_learned=lambda tensors: True,
    learn_label="Many different sounds: each kind of them once (events)",
    learn_minutes=60.0,
    learn_sounds=("mixture",),
    learn_options=("rate", "size"),
)
