"""Reference output of a preset, its probe: an input, and the output of the trained model for the engine to reproduce.

Input: either a key and a velocity ("note"), or the learned control signal ("performance"), at the learned rate, with
the same noise at every strike, in mono and at 0 dB. Output: every n-th sample of the left side.
A kind may declare another input, and how its outputs are compared (`InstrumentKind.probe`).
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from engine.instruments import make
from engine.kinds import PLAY_PARAM, kind_of
from engine.kinds.kind import load_member
from engine.preset.control_performance import Event, perform
from engine.preset.preset_file import Preset

from .events import EVENT, Kind
from .host import Host
from .render import render

PLAIN_PARAMS = {"variation": 0.0, "width": 0.0}  # at which the bare model sounds
MIN_POWER = 1e-12


def make_probe(sound: np.ndarray, every: int, given: dict[str, Any]) -> dict[str, Any]:
    """The probe for a header: an input, {"note": [key, velocity]} for one, and the sound (T,) that it must give."""
    return {**given, "samples": len(sound), "every": every, "sound": [float(f"{x:.7g}") for x in sound[::every]]}


def deviation(preset: Preset) -> float:
    """How far the engine is from the probe: dB of the difference relative to the expected output.

    The largest one where the kind has several outputs. Raises ValueError when the preset has no probe.
    """
    probe, path = preset.header.get("probe"), kind_of(preset.header).probe
    if not probe:
        raise ValueError(f"{preset.header['name']} has no probe")
    outputs = load_member(path)(preset, probe) if path else [_outputs(preset, probe)]
    return max(_difference(actual, expected) for actual, expected in outputs)


def render_probe(preset: Preset, given: dict[str, Any]) -> np.ndarray:
    """The engine's output for a probe's input, (T,)."""
    rate = float(preset.header["rate"])
    plain = {**preset.header.get("params", {}), **PLAIN_PARAMS, PLAY_PARAM: float("note" in given)}
    instrument = make(replace(preset, header={**preset.header, "params": plain, "level": 0.0}))
    host = Host(rate)
    host.play([instrument])
    return render(host, _input_events(preset, given, rate), given["samples"] / rate)[0]


def event_array(performance: Iterable[Event], rate: float) -> np.ndarray:
    """A performance as events at a rate in Hz: (N,) EVENT, frames counted from its start."""
    listed = list(performance)
    out = np.zeros(len(listed), EVENT)
    for event, (seconds, kind, key, value) in zip(out, listed, strict=True):
        event["frame"], event["kind"], event["key"], event["value"] = round(seconds * rate), kind, key, value
    return out


def _outputs(preset: Preset, probe: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The engine's output for a probe whose input is a key or a performance, and the expected one."""
    actual = render_probe(preset, probe)[:: probe["every"]].astype(np.float64)
    return actual, np.array(probe["sound"], np.float64)


def _difference(actual: np.ndarray, expected: np.ndarray) -> float:
    """DB of the difference of two arrays relative to the second."""
    return float(10 * np.log10((((actual - expected) ** 2).sum() + MIN_POWER) / ((expected**2).sum() + MIN_POWER)))


def _input_events(preset: Preset, given: dict[str, Any], rate: float) -> np.ndarray:
    if "note" in given:
        key, velocity = given["note"]
        return event_array([(0.0, Kind.NOTE_ON, int(key), float(velocity))], rate)
    return event_array(perform(preset.header, preset.tensors, given["performance"]), rate)
