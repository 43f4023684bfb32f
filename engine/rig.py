"""The standard rig: MIDI at the head, a guarded output at the tail, and the controllers laid on every new row."""

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


class Rig(Host):
    """A host that is played by MIDI: interpreter ▸ chain ▸ audition ▸ limiter ▸ capture ▸ volume.

    channels: the MIDI channels heard, counted from 1; all but the drums unless given.
    """

    def __init__(self, rate: float, channels: Iterable[int] | None = None) -> None:
        self.interpreter = Interpreter(channels)
        self.audition = Audition()
        self.limiter = Limiter()
        self.capture = Capture()
        self.volume = Volume()
        self.learned: dict[tuple[str, str], int | None] = {}  # see `Interpreter.map`
        super().__init__(rate, head=[self.interpreter], tail=[self.audition, self.limiter, self.capture, self.volume])

    def play(self, row: Sequence[Plugin]) -> None:
        """[main thread] As `Host.play`; MIDI controllers turn the knobs of this row from now on."""
        super().play(row)
        self.relearn()

    def arrange(self, row: Sequence[Plugin]) -> None:
        """[main thread] As `Host.arrange`; MIDI controllers turn the knobs of this row from now on."""
        super().arrange(row)
        self.relearn()

    def play_sound(self, sound: np.ndarray | None, rate: float = 0.0) -> bool:
        """[main thread] Play a sound (C, T) at a rate in Hz beside the chain; None stops it. False: queue full."""
        slot = self.audition.load(sound, rate or self.rate)
        return self.send(Kind.PARAM, PLAYED, float(slot), target=self.audition)

    def relearn(self) -> None:
        """[main thread] Lay the controllers anew, once `learned` has changed."""
        self.interpreter.map([*self.row, self.volume], self.learned)

    def meters(self) -> Meters:
        """As `Host.meters`; what the limiter turned down or silenced is clipped too, notes nobody heard are lost."""
        meters, guard, keys = super().meters(), self.limiter, self.interpreter
        return replace(
            meters,
            clipped=meters.clipped + guard.limited + guard.broken,
            lost=meters.lost + keys.dropped + keys.malformed,
        )

    def reset_meters(self) -> None:
        """As `Host.reset_meters`."""
        super().reset_meters()
        for count in ("limited", "broken"):
            self.limiter.state[count] = 0

    def panic(self) -> bool:
        """[main thread] Silence everything now, and forget every key, pedal and wheel that is held."""
        return self.send(Kind.CHOKE)
