"""The compiled functions that a shell holds, in order: images name them by their numbers.

A shell has the functions of all kinds, all effects, and of what stands around a chain; see shell/README.md.
"""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from engine.dsp import convolution
from engine.effects import EFFECTS, ROOM, make
from engine.events import EVENT
from engine.kinds import KINDS
from engine.kinds.kind import load_member
from engine.plugin import BURST, Plugin, entry

DECODERS = ("decode_float32", "decode_float16")
PLUGIN_NAMES = ("midi", "voice", "limiter", "volume", *KINDS, *EFFECTS)
FUNCTION_NAMES = (*PLUGIN_NAMES, *DECODERS)
"""The names of plugins, as of `Plugin.name`, then the C functions that records hold addresses of."""


def sample_plugins() -> dict[str, Callable[[], Plugin]]:
    """For each of PLUGIN_NAMES a function that makes the smallest plugin, to compile it and to see its record."""
    from engine.effects.limiter import Limiter
    from engine.effects.volume import Volume
    from engine.impulse_response import ImpulseResponse
    from engine.midi.interpreter import Interpreter
    from engine.voice.tracker_plugin import VoiceTracker

    room = ImpulseResponse(np.ones((1, 1), np.float32), 48_000.0, 1.0)
    found: dict[str, Callable[[], Plugin]] = {
        "midi": Interpreter, "voice": VoiceTracker, "limiter": Limiter, "volume": Volume,
    }  # fmt: skip
    found |= {name: load_member(kind.instrument.partition(":")[0] + ":sample") for name, kind in KINDS.items()}
    found |= {name: partial(make, name, room if name == ROOM else None) for name in EFFECTS}
    return found


def compile_functions() -> None:
    """[main thread] Compile all of FUNCTION_NAMES, float16 only where this processor converts it."""
    from engine.dsp.decoder import HAS_FLOAT16
    from engine.instruments.ddsp.decoder_entry import decoder_callback

    for make_plugin in sample_plugins().values():
        plugin = make_plugin()
        plugin.prepare(48_000.0)
        entry(plugin)
    decoder_callback(half=False)
    if HAS_FLOAT16:
        decoder_callback(half=True)


def record_digest() -> int:
    """A number of 64 bits that changes with the record of any plugin, an event, the plan of a room, or a function."""
    parts = [FUNCTION_NAMES, BURST, _layout(EVENT), convolution.LAYOUT]
    parts += [_layout(plugin().state.dtype) for plugin in sample_plugins().values()]
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=8).digest(), "little")


def _layout(dtype: np.dtype) -> Any:
    """The fields of a record with their places, sizes and types."""
    if dtype.subdtype is not None:
        return _layout(dtype.subdtype[0]), dtype.subdtype[1]
    if dtype.names is None:
        return dtype.str
    fields: Mapping[str, Any] = dtype.fields or {}
    return dtype.itemsize, [(name, fields[name][1], _layout(fields[name][0])) for name in dtype.names]
