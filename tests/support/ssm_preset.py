"""A small state-space instrument for tests."""

from typing import Any

import numpy as np

from engine.events import Kind
from engine.host import Host
from engine.instruments.ssm.instrument import StateSpace
from engine.preset.preset_file import Preset

LEARNED = 22_050


def preset(size: int = 32, dimensions: int = 6, frame: int = 128, **header: Any) -> Preset:
    """Damped partials of 220 Hz and others, struck by six dimensions; up to 40 sites of control in 100 frames."""
    random = np.random.default_rng(5)
    frequency = np.concatenate([[220.0, 440, 660], random.uniform(300, 8000, size // 2 - 3)])
    pole = np.exp((-random.uniform(3, 30, size // 2) + 2j * np.pi * frequency) / LEARNED)
    step = pole**frame
    weight, output = np.zeros((size, size)), np.zeros((frame, size))
    even, odd = np.arange(0, size, 2), np.arange(1, size, 2)
    weight[even, even] = weight[odd, odd] = step.real
    weight[even, odd], weight[odd, even] = -step.imag, step.imag
    wave = 0.2 * pole ** np.arange(frame)[:, None]
    output[:, even], output[:, odd] = wave.real, -wave.imag
    sites = np.stack([random.integers(dimensions, size=40), np.sort(random.integers(100, size=40))], 1)
    sites = np.unique(sites, axis=0)
    tensors = {
        "recurrence": weight,
        "output": output,
        "input": random.normal(0, 0.5, (size, dimensions)),
        "pitch": np.array([220.0] + [0.0] * (dimensions - 1)),
        "energy": np.full(dimensions, 0.7),
        "control_values": random.uniform(0.2, 1, len(sites)),
        "map_keys": random.uniform(0, 0.5, (dimensions, 128)),
    }
    control = {"dimensions": dimensions, "frames": 100, "hop": frame}
    whole = {name: np.ascontiguousarray(tensor, np.float32) for name, tensor in tensors.items()}
    whole["control_sites"] = sites.astype(np.int32)
    header = {"format_version": "1.0", "kind": "ssm", "name": "small", "rate": LEARNED, "control": control, **header}
    header["params"] = {"variation": 0.0, **header.get("params", {})}
    return Preset(header, whole)


def playing(*, rate=LEARNED, learned=False, what=None):
    """A host that plays the small instrument, and the instrument."""
    instrument, host = StateSpace(what or preset(params={"play": 0.0 if learned else 1.0})), Host(rate)
    host.play([instrument])
    return host, instrument


def strike(host, key=57, velocity=0.7, frame=-1):
    host.send(Kind.NOTE_ON, key, velocity, note=key, frame=frame)
