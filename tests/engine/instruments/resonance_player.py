"""A small resonance instrument, played through a host, and measurements of its sound."""

import numpy as np

from engine.events import Kind
from engine.host import Host
from engine.instruments.resonance.instrument import Resonance
from engine.preset.preset_file import Preset

LEARNED = 22_050
FREQUENCY = np.array([220.0, 441.3, 663.7, 1109.0, 2987.0])
DECAY = np.array([3.0, 4.0, 7.0, 15.0, 40.0])
AMPLITUDE = np.array([0.1, 0.06, 0.05, 0.02, 0.01])
PHASE = np.array([0.0, 1.0, -2.0, 0.5, 3.0])


def preset(
    *, layers=1, variants=1, attack=256, hiss=0.0, envelope=0.0, knock=(), strike=(1.0,), gain=0.0, control=False
):
    """One resonance at 220 Hz; higher layers are louder and decay faster, higher variants are detuned."""
    shape = (1, layers, variants, len(FREQUENCY))
    louder = 2.0 ** np.arange(layers)[:, None, None]
    tensors = {
        "frequency": np.broadcast_to(FREQUENCY * (1 + 0.07 * np.arange(variants)[:, None]), shape),
        "decay": np.broadcast_to(DECAY * louder, shape),
        "amplitude": np.broadcast_to(AMPLITUDE * louder, shape),
        "phase": np.broadcast_to(PHASE, shape),
        "place": np.zeros((1, variants, len(FREQUENCY))),
        "strike": np.broadcast_to(np.asarray(strike), (1, layers, len(strike))),
        "knock": np.broadcast_to(np.asarray(knock), (1, layers, len(knock))),
        "envelope": np.full((1, layers, 8), envelope),
        "hiss": np.full((1, layers, 8), hiss),
        "gain": np.array([gain]),
        "pitch": np.array([220.0]),
        "velocity": np.linspace(0.25, 1, layers)[None] if layers > 1 else np.array([[0.8]]),
    }
    header = {"kind": "resonance", "name": "test", "rate": LEARNED, "attack": attack}
    if control:
        tensors |= {"router": np.array([[1.0], [-0.5]]), "map_keys": np.full((2, 128), 0.5)}
        header |= {"params": {"play": 0}, "control": {"dimensions": 2, "frames": 8, "hop": 128}}
    return Preset(header, {name: np.array(tensor, np.float32) for name, tensor in tensors.items()})


def playing(*, rate=LEARNED, seed=0, **what):
    """A host that plays the preset, and its instrument."""
    instrument, host = Resonance(preset(**what), seed), Host(rate)
    host.play([instrument])
    return host, instrument


def strike(host, key=57, velocity=0.8, frame=-1):
    host.send(Kind.NOTE_ON, key, velocity, note=key, frame=frame)


def ringing(frames, ratio=1.0, rate=LEARNED):
    """The closed form of the modes excited by one sample."""
    time = np.arange(frames)[:, None] / rate
    modes = np.exp(-DECAY * ratio * time) * np.cos(2 * np.pi * FREQUENCY * ratio * time + PHASE)
    return (AMPLITUDE * modes).sum(1)


def level(x):
    """dB of the mean square."""
    return 10 * np.log10((np.asarray(x, np.float64) ** 2).mean() + 1e-30)


def cents_from(heard, rate, expected):
    """The first partial, by the phase that it gains between two windows, in cents above the expected frequency."""
    length = rate // 4
    time = np.arange(length) / rate
    probe = np.hanning(length) * np.exp(-2j * np.pi * expected * time)
    first, second = (probe * heard[:length]).sum(), (probe * heard[length // 8 :][:length]).sum()
    turn = np.angle(second / first * np.exp(-2j * np.pi * expected * (length // 8) / rate))
    return 1200 * np.log2(1 + turn / (2 * np.pi * (length // 8) / rate) / expected)
