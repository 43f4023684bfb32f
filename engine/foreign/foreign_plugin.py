"""What plugins of all formats have in common: what is told of them, and a choice of side chains and outputs."""

from typing import Any

from engine.plugin import Plugin

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

    @property
    def is_instrument(self) -> bool:
        """Whether it adds its sound to the chain, instead of changing what comes in."""
        return not self.state["io"]["replaces"][0]

    @property
    def voices(self) -> int:
        """Notes that were started and not ended."""
        return int(self.state["midi"]["sounding"].sum())

    @property
    def broken_samples(self) -> int:
        """Samples that were no numbers, or far too loud, and were silenced."""
        return int(self.state["io"]["broken"][0])

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

    def _connect_sound(self) -> None:
        """Tell the audio thread of the buffers, as `routing` says."""
        raise NotImplementedError
