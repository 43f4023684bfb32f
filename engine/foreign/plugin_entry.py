"""An installed plugin, as lists show it."""

from dataclasses import asdict, dataclass, fields
from typing import Any

INSTRUMENT, EFFECT, MIDI_EFFECT = "instrument", "effect", "MIDI effect"


@dataclass(frozen=True)
class PluginEntry:
    """One plugin, or a file of which nothing else is known because of its fault.

    name: what opens it, such as lv2:URI. kind: INSTRUMENT, EFFECT or MIDI_EFFECT, empty where it is not known.
    path: the file or the folder that it is in. fault: one line why it cannot be played; empty if it can.
    """

    name: str
    format: str
    title: str
    maker: str = ""
    kind: str = ""
    path: str = ""
    fault: str = ""

    def as_dict(self) -> dict[str, str]:
        """Its fields for JSON."""
        return asdict(self)


def entry_of(values: Any) -> PluginEntry:
    """The entry of what `as_dict` gave. ValueError for anything else."""
    names = [field.name for field in fields(PluginEntry)]
    if not isinstance(values, dict) or set(values) != set(names):
        raise ValueError("this is no plugin")
    if not all(isinstance(value, str) for value in values.values()):
        raise ValueError("a field of a plugin is no text")
    return PluginEntry(**values)
