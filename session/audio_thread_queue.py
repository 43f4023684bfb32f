"""Queue of live input to the audio thread: notes and parameter changes of the window, and their delivery."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.events import ALL, Kind, midi
from engine.ring import HEAD, TAIL

if TYPE_CHECKING:
    from engine.host import Host
    from engine.plugin import Plugin
    from engine.ring import Ring
    from engine.standard_chain import StandardChain


@dataclass
class Delivery:
    """Delivery of all events that are in a ring of a host when it is created."""

    host: "Host"
    ring: "Ring"
    position: int = field(init=False)
    _blocks: int | None = field(
        default=None, init=False
    )  # blocks played when the ring was first found read up to `position`

    def __post_init__(self) -> None:
        self.position = int(self.ring.cursors[TAIL])

    def is_applied(self) -> bool:
        """Whether the block that read the last of these events has ended."""
        if self._blocks is None and self.ring.cursors[HEAD] >= self.position:
            self._blocks = self.host.meters().blocks  # read after the ring: the block that read it may not have ended
        return self._blocks is not None and self.host.meters().blocks > self._blocks


class LiveInput:
    """[main thread] Sends notes and parameter changes through a queue of its own."""

    def __init__(self, host: "StandardChain") -> None:
        self.host = host
        self.channel = 0  # MIDI channel of the notes, counted from 0
        self.messages = 0  # MIDI messages sent so far
        self._events = host.new_source()

    def note_on(self, key: int, velocity: float) -> None:
        """Start a note; velocity 0..1."""
        self._send(0x90, key, min(max(round(127 * velocity), 1), 127))

    def note_off(self, key: int) -> None:
        """End a note."""
        self._send(0x80, key, 64)

    def set_param(self, plugin: "Plugin", index: int, value: float) -> Delivery:
        """Set a parameter of a plugin, in its unit; the value must lie in its range."""
        self._events.push(Kind.PARAM, index, value, note=ALL, target=plugin.state.ctypes.data)
        return Delivery(self.host, self._events)

    def excite(self, dimension: int, energy: float) -> None:
        """Send energy into a dimension of the learned control plane."""
        self._events.push(Kind.CONTROL, dimension, energy, note=ALL)

    def panic(self) -> None:
        """Silence everything, and release every key, pedal and wheel."""
        self._events.push(Kind.CHOKE, note=ALL)

    def _send(self, status: int, first: int, second: int) -> None:
        self.messages += 1
        self._events.push(Kind.MIDI, midi(status | self.channel, first & 0x7F, second & 0x7F), note=ALL)
