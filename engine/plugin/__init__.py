"""What can stand in a row: the contract of a plugin, its knobs, how it is compiled, and how it speaks to the next."""

from .compile import entry
from .contract import BURST, Param, Plugin, address
from .event_output import EMITTING, emit
from .params import beginning, knob_fields, set_knobs, turned, within

__all__ = [
    "BURST",
    "EMITTING",
    "Param",
    "Plugin",
    "address",
    "beginning",
    "emit",
    "entry",
    "knob_fields",
    "set_knobs",
    "turned",
    "within",
]
