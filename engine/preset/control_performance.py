"""Performances of a preset: its learned control signal, and others made from it.

A performance is a list of (seconds, kind, key, value) in order of time, for an instrument that plays as learned.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.events import Kind

Event = tuple[float, Kind, int, float]
PERFORMANCES = ("learned", "random", "permuted")
STRIKES_PER_SECOND = 4.0  # of a random performance
MIN_DEFORMATION_CHANGE = 1e-4  # smaller changes are not sent


@dataclass(frozen=True)
class ControlSignal:
    """A learned control signal.

    seconds, dimension, value: (n,), the time, the control dimension and the value of each site that is not 0, in the
    order of the preset. dimensions, frames: size of the plane in which the sites lie.
    """

    seconds: np.ndarray
    dimension: np.ndarray
    value: np.ndarray
    dimensions: int
    frames: int


def has_performance(tensors: Mapping[str, np.ndarray]) -> bool:
    """Whether a preset has a learned control signal that can be performed."""
    return len(tensors.get("control_sites", ())) > 0


def control_signal(header: Mapping[str, Any], tensors: Mapping[str, np.ndarray]) -> ControlSignal:
    """The learned control signal of a preset that has one (`has_performance`)."""
    control, sites = header["control"], tensors["control_sites"]
    step = control["hop"] / header["rate"]
    values = np.asarray(tensors["control_values"], np.float64)
    return ControlSignal(sites[:, 1] * step, sites[:, 0], values, control["dimensions"], control["frames"])


def perform(header: Mapping[str, Any], tensors: Mapping[str, np.ndarray], name: str, seed: int = 0) -> list[Event]:
    """The events of a performance.

    learned: the control signal and deformation of the recording. random: as long, sparse, with energies from the
    learned range. permuted: the learned control signal with its dimensions permuted.
    Raises ValueError for another name, or when the preset has no control signal.
    """
    if name not in PERFORMANCES:
        raise ValueError(f"no performance is called {name!r}; there are {', '.join(PERFORMANCES)}")
    if not has_performance(tensors):
        raise ValueError("this instrument has no learned control signal to perform")
    random = np.random.default_rng(seed)
    signal, step = control_signal(header, tensors), header["control"]["hop"] / header["rate"]
    if name == "random":
        return _random(signal, step, random)
    order = np.arange(signal.dimensions) if name == "learned" else random.permutation(signal.dimensions)
    strikes = [
        (float(time), Kind.CONTROL, int(order[dimension]), float(value))
        for time, dimension, value in zip(signal.seconds, signal.dimension, signal.value, strict=True)
    ]
    return sorted(strikes + _deformations(tensors, step), key=lambda event: event[0])


def performance_seconds(header: Mapping[str, Any]) -> float:
    """Seconds of the recording that the control signal reproduces."""
    return float(header["control"]["frames"] * header["control"]["hop"] / header["rate"])


def _random(signal: ControlSignal, step: float, random: np.random.Generator) -> list[Event]:
    seconds = signal.frames * step
    times = np.sort(random.uniform(0, seconds, max(round(STRIKES_PER_SECOND * seconds), 1)))
    energies = random.uniform(signal.value.min(), signal.value.max(), len(times))
    dimensions = random.integers(signal.dimensions, size=len(times))
    return [
        (float(time), Kind.CONTROL, int(dimension), float(energy))
        for time, dimension, energy in zip(times, dimensions, energies, strict=True)
    ]


def _deformations(tensors: Mapping[str, np.ndarray], step: float) -> list[Event]:
    """The learned deformation; each value is sent in the middle of the frame before its own."""
    logits = np.asarray(tensors.get("deformation", np.zeros((1, 0))), np.float64)
    if len(logits) < 2:
        return []
    events: list[Event] = []
    sent = np.full(len(logits), np.inf)
    for frame, values in enumerate(logits.T):
        if np.abs(values - sent).max() > MIN_DEFORMATION_CHANGE:
            sent = values
            time = max(frame - 0.5, 0) * step
            events += [(float(time), Kind.DEFORM, e, float(value)) for e, value in enumerate(values)]
    return events
