"""Plugs devices in and out, as the dialogue asks."""

from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QWidget

from engine.devices.backend import Settings
from gui.dialogs.devices import Devices
from gui.engine_bridge import Player
from gui.preferences import Memory
from session.engine_thread import EngineThread

from .master import Master


class Plugging(QObject):
    """Opens the dialogue, and remembers what was chosen."""

    tone = pyqtSignal()  # to test the way to the speaker

    def __init__(self, deck: EngineThread, player: Player, master: Master, memory: Memory, window: QWidget) -> None:
        super().__init__()
        self._deck, self._player, self._memory, self._window = deck, player, memory, window
        self._master = master
        master.changed.connect(self._show_playing)
        self.dialogue: Devices | None = None

    def show(self) -> None:
        """Open the dialogue; what there is appears as soon as it is found."""
        self.dialogue = dialogue = Devices(self._wishes, self._window)
        dialogue.wished.connect(self.use)
        dialogue.tone.connect(self.tone)
        self._show_playing()
        dialogue.tuned.connect(self._master.tune)
        dialogue.settled.connect(self._master.settle)
        dialogue.channelled.connect(self._master.hear)
        dialogue.again.connect(self._look)
        dialogue.show_reading(self._player.reading)
        self._player.read.connect(dialogue.show_reading)
        dialogue.finished.connect(self._end)
        dialogue.show()
        self._look()

    @property
    def _wishes(self) -> Settings:
        """What was chosen last."""
        known = {key: value for key, value in self._memory.device.items() if key in Settings.__dataclass_fields__}
        return Settings(**{**known, "midi": self._memory.midi})

    def use(self, wishes: Settings) -> None:
        """Open other devices; this can be taken back."""
        before = self._wishes
        self._use(wishes)
        if wishes != before:
            self._master.history.changed(self.tr("choice of devices"), before, wishes, self._use)

    def _use(self, wishes: object) -> None:
        assert isinstance(wishes, Settings)
        device: dict[str, Any] = {
            "backend": wishes.backend,
            "device": wishes.device,
            "rate": wishes.rate,
            "block": wishes.block,
        }
        device["input"] = wishes.input
        self._memory.device, self._memory.midi = device, wishes.midi
        self._deck.use(wishes)
        if self.dialogue is not None:
            self.dialogue.set_wishes(wishes)

    def _show_playing(self) -> None:
        if self.dialogue is not None:
            self.dialogue.set_playing(self._memory.a4, self._memory.channel)

    def _look(self) -> None:
        def work() -> Any:
            from engine.devices.listing import survey

            return survey()

        self._deck.ask(work, self._take)

    def _take(self, survey: Any) -> None:
        if self.dialogue is not None:
            self.dialogue.set_places(survey.found, survey.hints)

    def _end(self) -> None:
        if self.dialogue is not None:
            self._player.read.disconnect(self.dialogue.show_reading)
            self.dialogue.deleteLater()
            self.dialogue = None
