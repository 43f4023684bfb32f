"""What goes wrong in the plugins that play, as sentences for the chain bar."""

from PyQt6.QtCore import QObject, pyqtSignal

from engine.foreign.fault_counts import FaultCounts
from gui.engine_bridge import EngineBridge


class PluginFaults(QObject):
    """Looks at the counts of the plugins that play whenever the status comes; they are reset with the load."""

    changed = pyqtSignal()

    def __init__(self, bridge: EngineBridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._counts: dict[str, FaultCounts] = {}  # by slot
        bridge.status_changed.connect(self._look)

    def describe(self, slot: str) -> str:
        """What goes wrong in the plugin of a slot, a line each; empty if nothing does."""
        counts = self._counts.get(slot, FaultCounts())
        lines = [
            (self.tr("Silenced samples, no numbers or far too loud: {0}"), counts.broken_samples),
            (self.tr("Lost notes and movements of knobs: {0}"), counts.refused_events),
            (self.tr("Blocks that the plugin gave up: {0}"), counts.failed_blocks),
        ]
        found = [text.format(count) for text, count in lines if count]
        if found:
            found.append(self.tr("Counted anew after a quiet minute, or by a click on the load below"))
        return "\n".join(found)

    def _look(self) -> None:
        now = self._bridge.now
        counts = now.faults if now is not None else {}
        if counts != self._counts:
            self._counts = counts
            self.changed.emit()
