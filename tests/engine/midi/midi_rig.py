"""A host that is played by MIDI messages, and the events that an instrument in it receives."""

import pytest

from engine.events import Kind
from engine.plugin import Param
from engine.standard_chain import StandardChain
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Listener

ON, OFF, POLY, CC, PROGRAM, PRESSURE, BEND = 0x90, 0x80, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0
KNOBS = (
    Param("brightness", "", 0.0, 1.0, 0.3, cc=74),
    Param("decay", "s", 0.1, 10.0, 2.0, cc=75),
    Param("reverb", "dB", -60.0, 0.0, -20.0, cc=91),
)


class Keyboard:
    """A host with a listener in its chain, played by MIDI messages."""

    def __init__(self, channels=None, params=()):
        self.host, self.listener = StandardChain(RATE, channels), Listener(params)
        self.host.play([self.listener])
        render(self.host, 2048)
        self.listener.reset()

    def play(self, *messages, frames=128):
        """Send (status, first, second) messages, and give back what was heard of them."""
        for message in messages:
            assert self.host.midi(*message)
        render(self.host, frames)
        heard = self.listener.heard()
        self.listener.reset()
        return heard[heard["kind"] != Kind.MIDI]

    def notes(self, *messages, frames=128):
        """As `play`: the (kind, key, value) of each note that begins or is damped."""
        return [
            (Kind(event["kind"]).name, int(event["key"]), round(float(event["value"]), 4))
            for event in self.play(*messages, frames=frames)
            if event["kind"] in (Kind.NOTE_ON, Kind.NOTE_OFF, Kind.CHOKE)
        ]

    def value(self, kind, *messages):
        """As `play`: the value last said of a kind."""
        heard = self.play(*messages)
        return pytest.approx(heard["value"][heard["kind"] == kind][-1], abs=1e-6)


def on(key, velocity=127):
    return ("NOTE_ON", key, round(velocity / 127, 4))


def off(key, damping=1.0):
    return ("NOTE_OFF", key, damping)
