"""What a player does, said to the audio thread at once."""

from typing import TYPE_CHECKING

from engine.events import ALL, Kind, midi

if TYPE_CHECKING:
    from engine.plugin import Plugin
    from engine.rig import Rig


class Hands:
    """[the window's thread] A queue of the window's own into a rig."""

    def __init__(self, rig: "Rig") -> None:
        self.rig = rig
        self.channel = 0  # counted from 0
        self.said = 0  # MIDI messages so far: not the keyboards'
        self._events = rig.source()

    def press(self, key: int, velocity: float) -> None:
        """Begin a note; velocity 0..1."""
        self._say(0x90, key, min(max(round(127 * velocity), 1), 127))

    def release(self, key: int) -> None:
        """End it."""
        self._say(0x80, key, 64)

    def turn(self, plugin: "Plugin", index: int, value: float) -> None:
        """Turn a knob of a plugin, in its unit; the value must lie in its range."""
        self._events.push(Kind.PARAM, index, value, note=ALL, target=plugin.state.ctypes.data)

    def excite(self, dimension: int, energy: float) -> None:
        """Send energy into a dimension of the learned control plane."""
        self._events.push(Kind.CONTROL, dimension, energy, note=ALL)

    def panic(self) -> None:
        """Silence everything, and forget all that is held."""
        self._events.push(Kind.CHOKE, note=ALL)

    def _say(self, status: int, first: int, second: int) -> None:
        self.said += 1
        self._events.push(Kind.MIDI, midi(status | self.channel, first & 0x7F, second & 0x7F), note=ALL)
