"""A DDSP instrument with random weights, and the events that tests send to it."""

from engine.events import Kind
from engine.host import Host
from engine.instruments.ddsp.instrument import Ddsp
from engine.kinds.ddsp import random_preset
from engine.preset.preset_file import Preset

PLAIN = {"attack": 0.0, "sustain": 0.0, "noise": -60.0, "width": 0.0}  # harmonics only, without an attack


def playing(rate=48_000, seed=0, harmonics=12, half=False, units=16, learned=16_000, **params):
    """A host that plays a random decoder of a rate in Hz, and its instrument."""
    header, tensors = random_preset(units, harmonics=harmonics, seed=3, float16=half)
    header = {**header, "rate": learned, "hop": learned // 100}
    instrument, host = Ddsp(Preset({**header, "params": params}, tensors), seed), Host(rate)
    host.play([instrument])
    return host, instrument


def note_on(host, key=69, velocity=0.8, frame=-1, channel=0):
    host.send(Kind.NOTE_ON, key, velocity, note=channel << 7 | key, channel=channel, frame=frame)


def note_off(host, key=69, damping=1.0, frame=-1, channel=0):
    host.send(Kind.NOTE_OFF, key, damping, note=channel << 7 | key, channel=channel, frame=frame)


def send_voice(host, hertz, decibels=-35.0, frame=-1, onset=False):
    host.send(Kind.LOUDNESS, value=decibels, frame=frame)
    host.send(Kind.PITCH, int(onset), hertz, frame=frame)
