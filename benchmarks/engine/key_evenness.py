"""Evenness of an instrument over keys and sample rates; and its robustness, from benchmarks.engine.message_flood.

    python -m benchmarks.engine.key_evenness [PRESET] [--json]

Sixteen strikes of every key, each released and silenced before the next, are compared with those of the neighbouring
keys; sixty-four strikes at three rates with each other.
"""

import numpy as np

from benchmarks.support.measurement import Measurement, run_preset_benchmark
from engine.instruments import make
from engine.midi.midi_score import make_score
from engine.pitch_and_frequency import pitch_of
from engine.preset.library import find
from engine.preset.preset_file import Preset, read
from engine.render import render
from engine.standard_chain import StandardChain
from train.notes import pitch

from . import message_flood

RATE, RATES = 48_000, (44_100, 48_000, 96_000)
STRIKES_PER_KEY = 16
STRIKES_PER_RATE = 64  # of the middle key
STRIKE_SECONDS = 0.5  # from one to the next
VELOCITY = 90
MAX_STEP_DB, MAX_PITCH_CENTS, MAX_SPREAD_DB = 3.0, 1.0, 0.5  # goals


def measure(preset: str = "guitar") -> list[Measurement]:
    """Measure a preset."""
    return [*_measurements(read(find(preset))), *message_flood.measure(preset)]


def render_strikes(preset: Preset, keys: list[int], rate: float = RATE, apart: float = STRIKE_SECONDS) -> np.ndarray:
    """Render strikes of keys, one after the other: (len(keys), frames), the mean of left and right."""
    host = StandardChain(rate)
    host.play([make(preset)])
    messages = []
    for i, key in enumerate(keys):
        messages += [(i * apart, (0x90, key, VELOCITY)), ((i + 0.9) * apart, (0x80, key, 0))]
        messages += [((i + 0.98) * apart, (0xB0, 120, 0))]
    sound = render(host, make_score(messages), seconds=len(keys) * apart).mean(axis=0)
    return np.asarray(sound.reshape(len(keys), -1))


def _measurements(preset: Preset) -> list[Measurement]:
    """Level steps between keys, and differences between rates."""
    name, keys = preset.header["name"], preset.header["keys"]
    all_keys, middle = list(range(keys["low"], keys["high"] + 1)), (keys["low"] + keys["high"]) // 2
    levels = np.array([_level(render_strikes(preset, [key] * STRIKES_PER_KEY)) for key in all_keys])
    steps = np.abs(np.diff(levels))
    worst = int(np.argmax(steps))
    title = f"{name}: step to the next key, mean of {STRIKES_PER_KEY} strikes, at most (key {all_keys[worst]})"
    return [
        Measurement(title, steps[worst], "dB", MAX_STEP_DB, goal_is_max=True),
        *_rate_measurements(preset, name, middle),
    ]


def _rate_measurements(preset: Preset, name: str, key: int) -> list[Measurement]:
    """Differences between the rates: in the pitch of a key, and in the mean level of many strikes of it."""
    sounds = [render_strikes(preset, [key] * STRIKES_PER_RATE, rate) for rate in RATES]
    levels = [_level(sound) for sound in sounds]
    reference = pitch.detect(sounds[0][0], RATES[0]).frequency
    tones = [pitch.detect(sound[0], rate, reference) for sound, rate in zip(sounds, RATES, strict=True)]
    cents = [pitch_of(tone.frequency) * 100 for tone in tones]
    rates = " / ".join(f"{rate / 1000:g}" for rate in RATES)
    return [
        Measurement(
            f"{name}: {rates} kHz, pitch apart (key {key})", max(cents) - min(cents), "cents", MAX_PITCH_CENTS, True
        ),
        Measurement(
            f"{name}: mean level of {STRIKES_PER_RATE} strikes apart",
            max(levels) - min(levels),
            "dB",
            MAX_SPREAD_DB,
            True,
        ),
    ]


def _level(sounds: np.ndarray) -> float:
    """Mean level in dB of sounds (N, T)."""
    return float(10 * np.log10((sounds.astype(np.float64) ** 2).mean()))


if __name__ == "__main__":
    run_preset_benchmark("Evenness and robustness of an instrument.", measure)
