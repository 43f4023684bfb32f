"""What holds for whatever plays: volume, tuning and the MIDI channel that is heard. All of it can be taken back."""

from PyQt6.QtCore import QObject, pyqtSignal

from gui.engine_bridge import Player
from gui.panels.top_bar import Header
from gui.preferences import Memory

from .undo_stack import History

VOLUME, A4 = "the volume", "the tuning"  # names in the history, which no knob has


class Master(QObject):
    """Keeps the engine, the memory and the history alike."""

    changed = pyqtSignal()

    def __init__(self, player: Player, history: History, memory: Memory, header: Header) -> None:
        super().__init__()
        self._player, self.history, self._memory, self._header = player, history, memory, header
        header.set_volume(memory.volume)
        header.volume.connect(self.set_volume)
        header.settled.connect(history.settle)

    def restore(self) -> None:
        """Be loud, in tune and all ears as the last evening was."""
        self._player.set_volume(self._memory.volume)
        self._player.tune(self._memory.a4)
        self._player.hear(self._memory.channel)

    def set_volume(self, level: float) -> None:
        """Be as loud as a level in dB."""
        before = self._memory.volume
        self._go(VOLUME, level)
        self.history.turned(self.tr("change of volume"), VOLUME, (before, level), self._go)

    def tune(self, a4: float) -> None:
        """Put the A above middle C at a frequency in Hz."""
        before = self._memory.a4
        if a4 != before:
            self._go(A4, a4)
            self.history.turned(self.tr("tuning of A4"), A4, (before, a4), self._go)

    def settle(self) -> None:
        """What is tuned next is a step of its own."""
        self.history.settle()

    def hear(self, channel: int) -> None:
        """Listen to one MIDI channel, counted from 1; 0: to all but the drums."""
        before = self._memory.channel
        if channel != before:
            self._hear(channel)
            self.history.changed(self.tr("change of the MIDI channel"), before, channel, self._hear)

    def _go(self, name: str, value: float) -> None:
        if name == VOLUME:
            self._memory.volume = value
            self._player.set_volume(value)
            self._header.set_volume(value)
        else:
            self._memory.a4 = value
            self._player.tune(value)
        self.changed.emit()

    def _hear(self, channel: object) -> None:
        assert isinstance(channel, int)
        self._memory.channel = channel
        self._player.hear(channel)
        self.changed.emit()
