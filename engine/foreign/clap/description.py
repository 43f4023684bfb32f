"""[main thread] What a CLAP file says of its plugins, as lists show it."""

from engine.foreign.names import Format, PluginName
from engine.foreign.plugin_entry import EFFECT, INSTRUMENT, MIDI_EFFECT, PluginEntry

from .library import Description, open_library

FORMAT = "CLAP"
_KINDS = {"instrument": INSTRUMENT, "note-effect": MIDI_EFFECT, "note-detector": MIDI_EFFECT}


def list_library(path: str) -> list[PluginEntry]:
    """The plugins of a file. PluginError."""
    return [
        PluginEntry(
            str(PluginName(Format.CLAP, path, each.id)), FORMAT, each.name or each.id, each.vendor, _kind(each), path
        )
        for each in open_library(path).descriptions
    ]


def _kind(description: Description) -> str:
    """What a plugin is in a chain, by its features."""
    return next((_KINDS[feature] for feature in description.features if feature in _KINDS), EFFECT)
