"""Foreign plugins: those of the formats that hosts share, played by the audio callback; by name or by path."""

from .loader import check_installed, load
from .names import Format, PluginName, is_foreign, parse

__all__ = ["Format", "PluginName", "check_installed", "is_foreign", "load", "parse"]
