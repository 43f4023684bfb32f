"""Plugins: the contract, parameters, compilation, and events emitted to the next plugin."""

from .callback import compile_callback
from .compile import entry
from .contract import (
    BURST,
    MAX_BLOCK_FRAMES,
    UNLIMITED,
    KeptArray,
    Param,
    Plugin,
    label_of,
    numbered_words,
    set_label,
    state_address,
    with_defaults,
)
from .event_output import EMITTING, emit
from .param_fields import clamp, param_changed, param_fields, param_values, set_defaults, with_values

__all__ = [
    "BURST",
    "EMITTING",
    "MAX_BLOCK_FRAMES",
    "UNLIMITED",
    "KeptArray",
    "Param",
    "Plugin",
    "clamp",
    "compile_callback",
    "emit",
    "entry",
    "label_of",
    "numbered_words",
    "param_changed",
    "param_fields",
    "param_values",
    "set_defaults",
    "set_label",
    "state_address",
    "with_defaults",
    "with_values",
]
