"""What plugins of all formats have in common: what is told of them, and a choice of side chains and outputs."""

from collections.abc import Iterable
from typing import Any

from engine.plugin import Plugin

from .fault_counts import FaultCounts
from .gate import Gate
from .microphone_tap import MicrophoneTap
from .routing import USUAL_ROUTING, Routing

MAX_BROKEN_BLOCKS = 8  # with samples that are no numbers, one after the other, before a plugin begins anew


class ForeignPlugin(Plugin):
    """A plugin of a format of hosts in general; its record has the fields `io`, AUDIO_IO, and `midi`, MIDI_MEMORY."""

    has_side_chain: bool = False  # whether it has inputs beside the main ones
    has_further_outputs: bool = False  # whether it has more outputs than a first pair
    routing: Routing = USUAL_ROUTING
    _gate: Gate
    _tap: MicrophoneTap | None = None  # kept alive while its record is read
    _known_faults = FaultCounts()  # up to the last `reset_meters`

    @property
    def is_instrument(self) -> bool:
        """Whether it adds its sound to the chain, instead of changing what comes in."""
        return not self.state["io"]["replaces"][0]

    @property
    def is_off(self) -> bool:
        """Whether it is an effect that is switched off."""
        io: Any = self.state[0]["io"]
        return bool(io["replaces"] and not io["targets"].any())

    @property
    def latency(self) -> int:
        """Frames from its input to its output, as it tells; 0 while it is switched off, as the sound passes."""
        return 0 if self.is_off else self._told_latency

    @property
    def voices(self) -> int:
        """Notes that were started and not ended."""
        return int(self.state["midi"]["sounding"].sum())

    @property
    def broken_samples(self) -> int:
        """Samples that were no numbers, or far too loud, and were silenced."""
        return int(self.state["io"]["broken"][0])

    @property
    def refused_events(self) -> int:
        """Events that found no room."""
        raise NotImplementedError

    @property
    def failed_blocks(self) -> int:
        """Blocks that the plugin itself gave up; none where its format has no word for that."""
        return 0

    @property
    def faults(self) -> FaultCounts:
        """What went wrong since the last `reset_meters`."""
        return self._all_faults - self._known_faults

    def reset_meters(self) -> None:
        """[main thread] Count anew what goes wrong."""
        self._known_faults = self._all_faults

    def values(self) -> list[float]:
        """[main thread] Where its own parameters stand, without the switch of an effect."""
        raise NotImplementedError

    @property
    def is_busy(self) -> bool:
        """Whether the audio thread is within the plugin."""
        return self._gate.is_busy

    @property
    def has_choice(self) -> bool:
        """Whether anything of its routing can be chosen."""
        return self.has_side_chain or self.has_further_outputs

    def set_routing(self, routing: Routing, tap: MicrophoneTap | None = None) -> None:
        """[main thread] Connect side chains and outputs as chosen, at once.

        tap: of the microphone, at the head of the chain that this plugin is in; without one the microphone is silent.
        """
        if routing == self.routing and tap is self._tap:
            return
        with self._gate.closed():
            self.routing, self._tap = routing, tap
            io: Any = self.state[0]["io"]
            io["microphone"] = tap.sound_address if tap is not None else 0
            self._connect_sound()

    @property
    def _all_faults(self) -> FaultCounts:
        return FaultCounts(self.broken_samples, self.refused_events, self.failed_blocks)

    @property
    def _told_latency(self) -> int:
        """The latency in frames that the plugin tells."""
        raise NotImplementedError

    def _connect_sound(self) -> None:
        """Tell the audio thread of the buffers, as `routing` says."""
        raise NotImplementedError


def foreign_plugins(chain: Iterable[Plugin]) -> list[ForeignPlugin]:
    """Those of a chain that are foreign."""
    return [plugin for plugin in chain if isinstance(plugin, ForeignPlugin)]
