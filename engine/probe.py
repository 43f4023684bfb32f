"""The probe of a preset: an input, and the output of the trained model, which the engine must reproduce.

Input: either a key and a velocity ("note"), or the learned control signal ("performance"), at the learned rate, with
the same noise at every strike, in mono and at 0 dB. Output: every n-th sample of the left side.
Of a decoder: a "curve" of pitch in Hz and loudness in dB; its amplitude, harmonics and noise at every n-th frame.
Of events: "keys" and "strengths"; the first samples of each, every n-th of them.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from engine.instruments import make
from engine.instruments.ddsp.offline import decode_curves
from engine.instruments.events.decoder import EventDecoder
from engine.preset.performance import Event, perform
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

    Of a decoder the largest of its three heads. Raises ValueError when the preset has no probe.
    """
    probe = preset.header.get("probe")
    if probe and "curve" in probe:
        return _decoder_deviation(preset, probe)
    if probe and "keys" in probe:
        return _event_deviation(preset, probe)
    if not probe or "sound" not in probe:
        raise ValueError(f"{preset.header['name']} has no probe")
    expected = np.array(probe["sound"], np.float64)
    return _difference(render_probe(preset, probe)[:: probe["every"]].astype(np.float64), expected)


def render_probe(preset: Preset, given: dict[str, Any]) -> np.ndarray:
    """The engine's output for a probe's input, (T,)."""
    rate = float(preset.header["rate"])
    plain = {**preset.header.get("params", {}), **PLAIN_PARAMS, "play": float("note" in given)}
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


def _decoder_deviation(preset: Preset, probe: dict[str, Any]) -> float:
    """As `deviation`, of the heads of a decoder."""
    every = probe["every"]
    heads = decode_curves(preset, *(np.array(probe["curve"][name], np.float64) for name in ("pitch", "loudness")))
    expected = (np.array(probe[name], np.float64) for name in ("amplitude", "harmonics", "noise"))
    return max(
        _difference(head[every - 1 :: every], expected_head)
        for head, expected_head in zip(heads, expected, strict=True)
    )


def _event_deviation(preset: Preset, probe: dict[str, Any]) -> float:
    """As `deviation`, of the output of a decoder of events."""
    expected = np.array(probe["sound"], np.float64)
    actual = EventDecoder(preset).render(np.array(probe["keys"]), np.array(probe["strengths"]))
    return _difference(actual[:, : probe["samples"] : probe["every"]].astype(np.float64), expected)


def _difference(actual: np.ndarray, expected: np.ndarray) -> float:
    """DB of the difference of two arrays relative to the second."""
    return float(10 * np.log10((((actual - expected) ** 2).sum() + MIN_POWER) / ((expected**2).sum() + MIN_POWER)))


def _input_events(preset: Preset, given: dict[str, Any], rate: float) -> np.ndarray:
    if "note" in given:
        key, velocity = given["note"]
        return event_array([(0.0, Kind.NOTE_ON, int(key), float(velocity))], rate)
    return event_array(perform(preset.header, preset.tensors, given["performance"]), rate)
