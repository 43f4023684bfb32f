"""Settings that hold for every instrument: volume, tuning, MIDI channel and theme. Every change is undoable."""

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QApplication

from gui import theme
from gui.engine_bridge import EngineBridge
from gui.panels.top_bar import TopBar
from gui.preferences import Preferences

from .undo_stack import UndoStack

VOLUME, A4 = "the volume", "the tuning"  # names in the undo stack, which no parameter has


class GlobalSettings(QObject):
    """Sets volume, tuning and MIDI channel in the engine, the preferences and the top bar alike."""

    changed = pyqtSignal()

    def __init__(
        self, bridge: EngineBridge, undo_stack: UndoStack, preferences: Preferences, top_bar: TopBar
    ) -> None:
        super().__init__()
        self._bridge, self.undo_stack, self._preferences, self._top_bar = bridge, undo_stack, preferences, top_bar
        top_bar.set_volume(preferences.volume)
        top_bar.volume_edited.connect(self.set_volume)
        top_bar.editing_finished.connect(undo_stack.close_step)

    def restore(self) -> None:
        """Restore volume, tuning and MIDI channel."""
        self._bridge.set_volume(self._preferences.volume)
        self._bridge.set_a4(self._preferences.a4)
        self._bridge.set_channel(self._preferences.channel)

    def set_volume(self, level: float) -> None:
        """Set the volume in dB."""
        before = self._preferences.volume
        self._set(VOLUME, level)
        self.undo_stack.push_value(self.tr("change of volume"), VOLUME, (before, level), self._set)

    def set_a4(self, a4: float) -> None:
        """Set the frequency of the A above middle C, in Hz."""
        before = self._preferences.a4
        if a4 != before:
            self._set(A4, a4)
            self.undo_stack.push_value(self.tr("tuning of A4"), A4, (before, a4), self._set)

    def end_gesture(self) -> None:
        """The next change is an undo step of its own."""
        self.undo_stack.close_step()

    def set_channel(self, channel: int) -> None:
        """Receive one MIDI channel, counted from 1; 0: all."""
        before = self._preferences.channel
        if channel != before:
            self._set_channel(channel)
            self.undo_stack.push_state(self.tr("change of the MIDI channel"), before, channel, self._set_channel)

    def _set(self, name: str, value: float) -> None:
        if name == VOLUME:
            self._preferences.volume = value
            self._bridge.set_volume(value)
            self._top_bar.set_volume(value)
        else:
            self._preferences.a4 = value
            self._bridge.set_a4(value)
        self.changed.emit()

    def _set_channel(self, channel: object) -> None:
        assert isinstance(channel, int)
        self._preferences.channel = channel
        self._bridge.set_channel(channel)
        self.changed.emit()


class ThemeSwitch(QObject):
    """Changes between the light and the dark theme."""

    def __init__(self, app: QApplication, undo_stack: UndoStack, preferences: Preferences) -> None:
        super().__init__()
        self._app, self._undo_stack, self._preferences = app, undo_stack, preferences

    def toggle(self) -> None:
        """From dark to light, and back."""
        before = self._preferences.theme
        after = "light" if before == "dark" else "dark"
        self._apply(after)
        self._undo_stack.push_state(self.tr("change of light"), before, after, self._apply)

    def _apply(self, name: object) -> None:
        self._preferences.theme = str(name)
        theme.apply(self._app, self._preferences.theme)
