"""Loudness of a preset: its measurement, and the level at which all presets are equally loud.

The nominal phrase is that of engine.midi.midi_score: C4 E4 G4 C5 or the nearest keys, velocity 90, half a second
each, then two seconds. Loudness is that of ITU-R BS.1770.
"""

import warnings
from dataclasses import replace

import numpy as np
import pyloudnorm

from engine.instrument_chain import make_chain
from engine.midi.midi_score import loudness_phrase
from engine.preset.preset_file import Preset
from engine.render import render
from engine.standard_chain import StandardChain

TARGET_LUFS = -23.0  # of the nominal phrase: a chord of eight at full velocity stays below the limiter
MAX_LEVEL_DB = 60.0  # what would need more hardly sounds on these keys
RATE = 48_000
ITERATIONS = 3  # where the sound reaches a limiter, the level is not quite proportional
MAX_ITERATIONS, TOLERANCE_DB = 9, 0.5  # where that is not enough


def normalize(preset: Preset) -> Preset:
    """Set the level that brings the nominal phrase to TARGET_LUFS, and store the measured loudness.

    ValueError when the phrase is silent: its keys play nothing that was learned.
    """
    header = dict(preset.header, level=0.0)
    if not np.isfinite(measure_loudness(replace(preset, header=header))):  # below the gate of the measurement
        header = dict(header, level=MAX_LEVEL_DB)
    for iteration in range(MAX_ITERATIONS):
        lufs = measure_loudness(replace(preset, header=header))
        if not np.isfinite(lufs):
            raise ValueError("the instrument is silent on the keys of the nominal phrase")
        if iteration >= ITERATIONS and abs(lufs - TARGET_LUFS) < TOLERANCE_DB:
            break
        level = header["level"] + TARGET_LUFS - lufs
        header = dict(header, level=round(min(max(level, -MAX_LEVEL_DB), MAX_LEVEL_DB), 2))
    lufs = measure_loudness(replace(preset, header=header))
    return replace(preset, header=dict(header, loudness={"lufs": round(lufs, 2), "phrase": "60 64 67 72 at 90"}))


def measure_loudness(preset: Preset) -> float:
    """Loudness in LUFS of the nominal phrase, played by the engine at 48 kHz; -inf when it is silent."""
    keys = preset.header.get("keys", {"low": 0, "high": 127})
    host = StandardChain(RATE)
    host.play(make_chain(preset))
    sound = render(host, loudness_phrase(keys["low"], keys["high"]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the logarithm of a silent block
        return float(pyloudnorm.Meter(RATE).integrated_loudness(sound.T.astype(np.float64)))
