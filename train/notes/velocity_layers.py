"""Velocity layers of a key: notes with corresponding modes, one per dynamic; missing ones are made from others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from engine.pitch_and_frequency import note_name

from .mode_set import Modes, audible_energy
from .note import Note

DYNAMIC_VELOCITIES = {
    "pianississimo": 0.1,
    "pianissimo": 0.2,
    "piano": 0.4,
    "mezzo-piano": 0.55,
    "mezzo-forte": 0.7,
    "forte": 0.85,
    "fortissimo": 1.0,
    "fortississimo": 1.0,
}
"""Velocity at which each dynamic is played; others are named by their MIDI velocity, `velocity 64`."""
MAX_LAYERS = 8
"""Layers that an instrument can have."""
MIN_VELOCITY_STEP = 0.04
"""Minimum difference between the velocities of two layers."""
NEIGHBOUR_SEMITONES = 5.0
"""Distance over which keys contribute to a missing layer."""
TILT_LIMITS_DB = (-8.0, 4.0)
"""Limits of the spectral tilt between two dynamics."""

Keys = Mapping[int, Mapping[str, Note]]


def velocity_of(dynamic: str) -> float:
    """Velocity 0…1 of a dynamic by its name."""
    named = DYNAMIC_VELOCITIES.get(dynamic)
    return int(dynamic.rpartition(" ")[2]) / 127 if named is None else named


def sort(dynamics: Iterable[str]) -> list[str]:
    """Dynamics from soft to loud."""
    order = list(DYNAMIC_VELOCITIES)
    return sorted(dynamics, key=lambda name: (velocity_of(name), order.index(name) if name in order else len(order)))


def velocities_of(dynamics: Sequence[str]) -> list[float]:
    """Velocities 0…1 of dynamics, soft to loud, all different; 0.7 of a single one."""
    velocities = [velocity_of(name) for name in dynamics] if len(dynamics) > 1 else [0.7]
    for place in range(len(velocities) - 2, -1, -1):
        if velocities[place] >= velocities[place + 1]:
            velocities[place] = velocities[place + 1] - MIN_VELOCITY_STEP
    return velocities


def fill_layers(keys: Keys, dynamics: list[str]) -> tuple[dict[int, list[Note]], list[str]]:
    """Give every key all dynamics, soft to loud; return them with messages about those made from another one.

    The level and tilt between two dynamics are averaged over the nearby keys that have both.
    """
    filled: dict[int, list[Note]] = {}
    messages = []
    for key, notes in keys.items():
        layers = []
        for name in dynamics:
            if name in notes:
                layers.append(notes[name])
                continue
            other = min(notes, key=lambda source: abs(velocity_of(source) - velocity_of(name)))
            level, tilt = _difference(keys, key, other, name)
            layers.append(apply_tilt(notes[other], level, tilt))
            change = f"{level:+.1f} dB and {tilt:+.1f} dB per octave"
            messages.append(f"{note_name(key)} has no {name}: made from its {other}, {change}.")
        filled[key] = layers
    return filled, messages


def apply_tilt(note: Note, level: float, tilt: float) -> Note:
    """Change a note by level in dB at its pitch and by tilt in dB per octave above it, modes and knock alike."""
    centre = note.pitch or 500.0
    modes = note.modes
    gains = _slope(modes.frequency, centre, level, tilt)
    size = 2 * len(note.knock)
    spectrum = np.fft.rfft(note.knock, size)
    spectrum *= _slope(np.fft.rfftfreq(size, 1 / note.rate), centre, level, tilt)
    knock = np.fft.irfft(spectrum, size)[: len(note.knock)]
    hiss = note.hiss * float(_slope(np.array([5000.0]), centre, level, tilt)[0])
    return replace(note, modes=Modes(modes.frequency, modes.decay, modes.amplitude * gains), knock=knock, hiss=hiss)


def retune(layers: list[Note], pitch: float) -> list[Note]:
    """The dynamics of one key moved to one pitch in Hz, usually that of the loudest."""
    if pitch <= 0:
        return layers
    return [replace(note, modes=_transposed(note.modes, pitch / note.pitch), pitch=pitch) for note in layers]


def _transposed(modes: Modes, ratio: float) -> Modes:
    """Modes with all frequencies multiplied by a ratio."""
    return Modes(modes.frequency * ratio, modes.decay, modes.amplitude)


def _slope(frequency: np.ndarray, centre: float, level: float, tilt: float) -> np.ndarray:
    """Linear gains at frequencies in Hz."""
    octaves = np.log2(np.maximum(frequency, centre / 4) / centre)
    return np.asarray(10 ** ((level + tilt * np.clip(octaves, -2, 5)) / 20))


def _difference(keys: Keys, key: int, source: str, target: str) -> tuple[float, float]:
    """Level in dB and tilt in dB per octave of one dynamic against another, averaged over keys near `key`."""
    found = [
        (other, *_fit_difference(notes[source], notes[target]))
        for other, notes in keys.items()
        if source in notes and target in notes
    ]
    if not found:
        return 20 * 1.3 * float(np.log10(velocity_of(target) / velocity_of(source))), 0.0
    weight = np.array([np.exp(-0.5 * ((other - key) / NEIGHBOUR_SEMITONES) ** 2) + 1e-6 for other, _, _ in found])
    level, tilt = (np.array([difference[place] for difference in found]) @ weight / weight.sum() for place in (1, 2))
    return float(level), float(np.clip(tilt, *TILT_LIMITS_DB))


def _fit_difference(source: Note, target: Note) -> tuple[float, float]:
    """Level and tilt of `target` against `source`, by linear regression of the level differences of their modes."""
    first, second = np.abs(source.modes.amplitude), np.abs(target.modes.amplitude)
    both = (first > 1e-4 * first.max()) & (second > 1e-4 * second.max())
    octaves = np.log2(source.modes.frequency[both] / (source.pitch or 500.0))
    steps = 20 * np.log10(second[both] / first[both])
    weight = (audible_energy(source.modes)[both] + 1e-20) ** 0.15
    tilt, level = np.polyfit(octaves, steps, 1, w=weight)
    return float(level), float(np.clip(tilt, *TILT_LIMITS_DB))
