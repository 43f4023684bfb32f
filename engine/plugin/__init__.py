"""What can stand in a row: the contract of a plugin, its knobs, how it is compiled, and how it speaks to the next."""

from .compile import entry
from .contract import BURST, UNLIMITED, Param, Plugin, state_address, with_defaults
from .event_output import EMITTING, emit
from .params import beginning, knob_fields, set_knobs, turned, within

__all__ = [
    "BURST",
    "EMITTING",
    "UNLIMITED",
    "Param",
    "Plugin",
    "beginning",
    "emit",
    "entry",
    "knob_fields",
    "set_knobs",
    "state_address",
    "turned",
    "with_defaults",
    "within",
]
