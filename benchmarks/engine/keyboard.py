"""How even an instrument is over its keys and rates, and whether it survives a flood of messages.

    python -m benchmarks.engine.keyboard [PRESET] [--json]

Sixteen strikes of every key, each let go and silenced before the next, are held against those of the keys beside;
sixty-four strikes at three rates against each other. The flood is ten thousand random MIDI messages, many of them
malformed, at full speed; then every channel is told to let go.
"""

import numpy as np

from benchmarks.support.measurement import Measurement, run_preset_benchmark
from engine.instruments import make
from engine.midi.midi_file import make_score
from engine.pitch_names import pitch_of
from engine.preset.library import find
from engine.preset.preset_file import Preset, read
from engine.render import render
from engine.rig import Rig
from train.notes import pitch

RATE, RATES = 48_000, (44_100, 48_000, 96_000)
STRIKES, SERIES, APART = 16, 64, 0.5  # of a key, of the middle key at each rate; seconds from one to the next
VELOCITY = 90
FLOOD, WAIT = 10_000, 30.0  # messages; seconds in which it must be quiet
STEP, CENTS, SPREAD, QUIET = 3.0, 1.0, 0.5, -90.0  # goals: dB, cents, dB, dBFS


def measure(preset: str = "guitar") -> list[Measurement]:
    """All rows of a preset."""
    return _rows(read(find(preset)))


def render_strikes(preset: Preset, keys: list[int], rate: float = RATE, apart: float = APART) -> np.ndarray:
    """Strikes of keys, one after the other: (len(keys), frames), the middle of left and right."""
    rig = Rig(rate)
    rig.play([make(preset)])
    messages = []
    for i, key in enumerate(keys):
        messages += [(i * apart, (0x90, key, VELOCITY)), ((i + 0.9) * apart, (0x80, key, 0))]
        messages += [((i + 0.98) * apart, (0xB0, 120, 0))]
    sound = render(rig, make_score(messages), seconds=len(keys) * apart).mean(axis=0)
    return np.asarray(sound.reshape(len(keys), -1))


def render_flood(preset: Preset, messages: int = FLOOD, wait: float = WAIT) -> tuple[np.ndarray, np.ndarray]:
    """The sound (2, T) of random messages at full speed, and that of the seconds after all was let go."""
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


def _rows(preset: Preset) -> list[Measurement]:
    name, keys = preset.header["name"], preset.header["keys"]
    row, middle = list(range(keys["low"], keys["high"] + 1)), (keys["low"] + keys["high"]) // 2
    levels = np.array([_level(render_strikes(preset, [key] * STRIKES)) for key in row])
    steps = np.abs(np.diff(levels))
    worst = int(np.argmax(steps))
    told = f"{name}: step to the next key, mean of {STRIKES} strikes, at most (key {row[worst]})"
    flood, after = render_flood(preset)
    still = np.abs(after).max(axis=0) > 10 ** (QUIET / 20)
    until = (np.flatnonzero(still)[-1] + 1) / RATE if still.any() else 0.0
    return [
        Measurement(told, steps[worst], "dB", STEP, goal_is_most=True),
        *_rate_rows(preset, name, middle),
        Measurement(
            f"{name}: samples of the flood that are no numbers", np.count_nonzero(~np.isfinite(flood)), "", 0, True
        ),
        Measurement(f"{name}: peak of the flood", float(np.abs(flood).max()), ""),
        Measurement(f"{name}: from letting go to {QUIET:g} dBFS", until, "s", WAIT - 1, goal_is_most=True),
    ]


def _rate_rows(preset: Preset, name: str, key: int) -> list[Measurement]:
    """How far the rates are apart, in the pitch of a key and in the level of many strikes of it."""
    sounds = [render_strikes(preset, [key] * SERIES, rate) for rate in RATES]
    levels = [_level(sound) for sound in sounds]
    near = pitch.detect(sounds[0][0], RATES[0]).frequency
    tones = [pitch.detect(sound[0], rate, near) for sound, rate in zip(sounds, RATES, strict=True)]
    cents = [pitch_of(tone.frequency) * 100 for tone in tones]
    rates = " / ".join(f"{rate / 1000:g}" for rate in RATES)
    return [
        Measurement(f"{name}: {rates} kHz, pitch apart (key {key})", max(cents) - min(cents), "cents", CENTS, True),
        Measurement(f"{name}: mean level of {SERIES} strikes apart", max(levels) - min(levels), "dB", SPREAD, True),
    ]


def _level(sounds: np.ndarray) -> float:
    """The mean level in dB of sounds (N, T)."""
    return float(10 * np.log10((sounds.astype(np.float64) ** 2).mean()))


if __name__ == "__main__":
    run_preset_benchmark("How even an instrument is, and how robust.", measure)
