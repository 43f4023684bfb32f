"""Foreign plugins: those of the formats that hosts share, played by the audio callback; by name or by path."""

from .loader import check_installed, load
from .names import Format, PluginName, is_foreign, parse
from .routing import USUAL_ROUTING, Outputs, Routing, SideChain

__all__ = [
    "USUAL_ROUTING",
    "Format",
    "Outputs",
    "PluginName",
    "Routing",
    "SideChain",
    "check_installed",
    "is_foreign",
    "load",
    "parse",
]
