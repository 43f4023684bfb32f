"""What went wrong in foreign plugins, as a line after playing and rendering."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cli.printable_text import make_printable

if TYPE_CHECKING:
    from engine.foreign.fault_counts import FaultCounts
    from engine.plugin import Plugin


def describe(chain: "Iterable[Plugin]") -> str:
    """The faults of the foreign plugins of a chain in one line; empty if there were none."""
    from engine.foreign.foreign_plugin import foreign_plugins

    faults = ((plugin.label or plugin.name, plugin.faults) for plugin in foreign_plugins(chain))
    return "; ".join(f"{make_printable(name)}: {_describe(counts)}" for name, counts in faults if counts)


def _describe(counts: "FaultCounts") -> str:
    texts = [
        (counts.broken_samples, "samples silenced, no numbers or far too loud"),
        (counts.refused_events, "events lost"),
        (counts.failed_blocks, "blocks given up by the plugin"),
    ]
    return ", ".join(f"{count} {text}" for count, text in texts if count)
