"""What can stand in a row: the contract of a plugin, how it is compiled, and how it says events to the next."""

from .compiled import entry
from .contract import BURST, Param, Plugin, address
from .emitting import EMITTING, emit

__all__ = ["BURST", "EMITTING", "Param", "Plugin", "address", "emit", "entry"]
