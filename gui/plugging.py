"""Plugs devices in and out, as the dialogue asks."""

from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QWidget

from .deck import Deck
from .devices import Devices, Place, Wishes
from .memory import Memory
from .player import Player


class Plugging(QObject):
    """Opens the dialogue, and remembers what was chosen."""

    tone = pyqtSignal()  # to test the way to the speaker

    def __init__(self, deck: Deck, player: Player, memory: Memory, window: QWidget) -> None:
        super().__init__()
        self._deck, self._player, self._memory, self._window = deck, player, memory, window
        self.dialogue: Devices | None = None

    def show(self) -> None:
        """Open the dialogue; what there is appears as soon as it is found."""
        known = {key: value for key, value in self._memory.device.items() if key in Wishes.__dataclass_fields__}
        self.dialogue = dialogue = Devices(Wishes(**{**known, "midi": self._memory.midi}), self._window)
        dialogue.wished.connect(self.use)
        dialogue.tone.connect(self.tone)
        dialogue.set_playing(self._memory.a4, self._memory.channel)
        dialogue.tuned.connect(self._tune)
        dialogue.channelled.connect(self._hear)
        dialogue.again.connect(self._look)
        dialogue.show_reading(self._player.reading)
        self._player.read.connect(dialogue.show_reading)
        dialogue.finished.connect(self._end)
        dialogue.show()
        self._look()

    def use(self, wishes: Wishes) -> None:
        """Open other devices."""
        device = {"backend": wishes.backend, "device": wishes.device, "rate": wishes.rate, "block": wishes.block}
        self._memory.device, self._memory.midi = device, wishes.midi
        from engine.outlet import Settings

        self._deck.use(Settings(**device, midi=wishes.midi))  # type: ignore[arg-type]

    def restore(self) -> None:
        """Tune and listen as the last evening did."""
        self._tune(self._memory.a4)
        self._hear(self._memory.channel)

    def _tune(self, a4: float) -> None:
        self._memory.a4 = a4
        self._player.tune(a4)

    def _hear(self, channel: int) -> None:
        self._memory.channel = channel
        self._player.hear(channel)

    def _look(self) -> None:
        def work() -> Any:
            from engine.devices import survey

            return survey()

        self._deck.ask(work, self._take)

    def _take(self, survey: Any) -> None:
        if self.dialogue is not None:
            places = [Place(each.kind, each.backend, each.name, each.text) for each in survey.found]
            self.dialogue.set_places(places, survey.hints)

    def _end(self) -> None:
        if self.dialogue is not None:
            self._player.read.disconnect(self.dialogue.show_reading)
            self.dialogue.deleteLater()
            self.dialogue = None
