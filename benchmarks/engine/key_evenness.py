"""Evenness of an instrument over keys and sample rates, and its robustness against a flood of messages.

    python -m benchmarks.engine.key_evenness [PRESET] [--json]

Sixteen strikes of every key, each released and silenced before the next, are compared with those of the neighbouring
keys; sixty-four strikes at three rates with each other. The flood is ten thousand random MIDI messages, many of them
malformed, at full speed; then every channel is released.
"""

import numpy as np

from benchmarks.support.measurement import Measurement, run_preset_benchmark
from engine.instruments import make
from engine.midi.midi_score import make_score
from engine.pitch_conversion import pitch_of
from engine.preset.library import find
from engine.preset.preset_file import Preset, read
from engine.render import render
from engine.standard_chain import Rig
from train.notes import pitch

RATE, RATES = 48_000, (44_100, 48_000, 96_000)
STRIKES_PER_KEY, STRIKES_PER_RATE, STRIKE_SECONDS = (
    16,
    64,
    0.5,
)  # of a key, of the middle key at each rate; time from one to the next
VELOCITY = 90
FLOOD_MESSAGES, SILENCE_SECONDS = 10_000, 30.0  # messages; time within which it must be silent
MAX_STEP_DB, MAX_PITCH_CENTS, MAX_SPREAD_DB, SILENCE_DBFS = 3.0, 1.0, 0.5, -90.0  # goals


def measure(preset: str = "guitar") -> list[Measurement]:
    """Measure a preset."""
    return _measurements(read(find(preset)))


def render_strikes(preset: Preset, keys: list[int], rate: float = RATE, apart: float = STRIKE_SECONDS) -> np.ndarray:
    """Render strikes of keys, one after the other: (len(keys), frames), the mean of left and right."""
    rig = Rig(rate)
    rig.play([make(preset)])
    messages = []
    for i, key in enumerate(keys):
        messages += [(i * apart, (0x90, key, VELOCITY)), ((i + 0.9) * apart, (0x80, key, 0))]
        messages += [((i + 0.98) * apart, (0xB0, 120, 0))]
    sound = render(rig, make_score(messages), seconds=len(keys) * apart).mean(axis=0)
    return np.asarray(sound.reshape(len(keys), -1))


def render_flood(
    preset: Preset, messages: int = FLOOD_MESSAGES, wait: float = SILENCE_SECONDS
) -> tuple[np.ndarray, np.ndarray]:
    """Sound (2, T) of random messages at full speed, and of the time after everything was released."""
    noise, rig = np.random.default_rng(1), Rig(RATE)
    rig.play([make(preset)])
    parts = []
    for _ in range(messages // 100):
        for _ in range(100):
            status = int(noise.integers(0, 256 if noise.random() < 0.25 else 0x80) | 0x80)
            rig.midi(status, *(int(value) for value in noise.integers(0, 256 if status > 0xF0 else 128, 2)))
        parts.append(render(rig, None, seconds=0.05))
    for channel in range(16):
        for controller in (121, 123):
            rig.midi(0xB0 | channel, controller, 0)
    return np.concatenate(parts, axis=1), render(rig, None, seconds=wait)


def _measurements(preset: Preset) -> list[Measurement]:
    """Level steps between keys, and the flood."""
    name, keys = preset.header["name"], preset.header["keys"]
    all_keys, middle = list(range(keys["low"], keys["high"] + 1)), (keys["low"] + keys["high"]) // 2
    levels = np.array([_level(render_strikes(preset, [key] * STRIKES_PER_KEY)) for key in all_keys])
    steps = np.abs(np.diff(levels))
    worst = int(np.argmax(steps))
    title = f"{name}: step to the next key, mean of {STRIKES_PER_KEY} strikes, at most (key {all_keys[worst]})"
    flood, after = render_flood(preset)
    is_audible = np.abs(after).max(axis=0) > 10 ** (SILENCE_DBFS / 20)
    silent_after = (np.flatnonzero(is_audible)[-1] + 1) / RATE if is_audible.any() else 0.0
    return [
        Measurement(title, steps[worst], "dB", MAX_STEP_DB, goal_is_most=True),
        *_rate_measurements(preset, name, middle),
        Measurement(
            f"{name}: samples of the flood that are no numbers", np.count_nonzero(~np.isfinite(flood)), "", 0, True
        ),
        Measurement(f"{name}: peak of the flood", float(np.abs(flood).max()), ""),
        Measurement(
            f"{name}: from letting go to {SILENCE_DBFS:g} dBFS",
            silent_after,
            "s",
            SILENCE_SECONDS - 1,
            goal_is_most=True,
        ),
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
    run_preset_benchmark("How even an instrument is, and how robust.", measure)
