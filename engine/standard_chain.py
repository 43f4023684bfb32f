"""The standard chain: a host with MIDI interpreter at its head, audition, limiter, capture and volume at its tail."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from engine.effects.audition import PLAYED, Audition
from engine.effects.capture import Capture
from engine.effects.limiter import Limiter
from engine.effects.volume import Volume
from engine.midi.interpreter import Interpreter
from engine.plugin import Plugin

from .events import Kind
from .host import Host, Meters


class StandardChain(Host):
    """A host that is played by MIDI: interpreter ▸ chain ▸ audition ▸ limiter ▸ capture ▸ volume.

    channels: the MIDI channels received, counted from 1; all unless given.
    """

    def __init__(self, rate: float, channels: Iterable[int] | None = None) -> None:
        self.interpreter = Interpreter(channels)
        self.audition = Audition()
        self.limiter = Limiter()
        self.capture = Capture()
        self.volume = Volume()
        self.midi_map: dict[tuple[str, str], int | None] = {}  # see `Interpreter.set_map`
        super().__init__(rate, head=[self.interpreter], tail=[self.audition, self.limiter, self.capture, self.volume])

    def play(self, chain: Sequence[Plugin]) -> None:
        """[main thread] As `Host.play`; MIDI controllers are routed to the parameters of this chain."""
        super().play(chain)
        self.apply_midi_map()

    def edit_chain(self, chain: Sequence[Plugin]) -> None:
        """[main thread] As `Host.edit_chain`; MIDI controllers are routed to the parameters of this chain."""
        super().edit_chain(chain)
        self.apply_midi_map()

    def play_sound(self, sound: np.ndarray | None, rate: float = 0.0) -> bool:
        """[main thread] Play a sound (C, T) at a rate in Hz beside the chain; None stops it. False: queue full."""
        slot = self.audition.load(sound, rate or self.rate)
        return self.send(Kind.PARAM, PLAYED, float(slot), target=self.audition)

    def apply_midi_map(self) -> None:
        """[main thread] Route the controllers anew, after a change of `midi_map`."""
        self.interpreter.set_map([*self.chain, self.volume], self.midi_map)

    def meters(self) -> Meters:
        """As `Host.meters`; samples that the limiter limited or silenced count as clipped, refused notes as lost."""
        meters, limiter, midi = super().meters(), self.limiter, self.interpreter
        return replace(
            meters,
            clipped=meters.clipped + limiter.limited + limiter.non_finite,
            lost=meters.lost + midi.dropped + midi.malformed,
        )

    def reset_meters(self) -> None:
        """As `Host.reset_meters`."""
        super().reset_meters()
        for count in ("limited", "non_finite"):
            self.limiter.state[count] = 0

    def panic(self) -> bool:
        """[main thread] Choke all notes now, and release every key, pedal and wheel."""
        return self.send(Kind.CHOKE)
