"""Robustness of an instrument against a flood of messages, and the time until it is silent.

    python -m benchmarks.engine.message_flood [PRESET] [--json]

The flood is ten thousand random MIDI messages, many of them malformed, at full speed; then every channel is released.
"""

import numpy as np

from benchmarks.support.measurement import Measurement, run_preset_benchmark
from engine.instruments import make
from engine.preset.library import find
from engine.preset.preset_file import Preset, read
from engine.render import render
from engine.standard_chain import StandardChain

RATE = 48_000  # Hz
SILENCE_DBFS = -90.0  # goal: quieter is silent
FLOOD_MESSAGES, SILENCE_SECONDS = 10_000, 30.0  # messages; time within which it must be silent


def measure(preset: str = "guitar") -> list[Measurement]:
    """Measure a preset."""
    found = read(find(preset))
    name = found.header["name"]
    flood, after = render_flood(found)
    is_audible = np.abs(after).max(axis=0) > 10 ** (SILENCE_DBFS / 20)
    silent_after = (np.flatnonzero(is_audible)[-1] + 1) / RATE if is_audible.any() else 0.0
    return [
        Measurement(
            f"{name}: samples of the flood that are no numbers", np.count_nonzero(~np.isfinite(flood)), "", 0, True
        ),
        Measurement(f"{name}: peak of the flood", float(np.abs(flood).max()), ""),
        Measurement(
            f"{name}: from letting go to {SILENCE_DBFS:g} dBFS",
            silent_after,
            "s",
            SILENCE_SECONDS - 1,
            goal_is_max=True,
        ),
    ]


def render_flood(
    preset: Preset, messages: int = FLOOD_MESSAGES, wait: float = SILENCE_SECONDS
) -> tuple[np.ndarray, np.ndarray]:
    """Sound (2, T) of random messages at full speed, and of the time after everything was released."""
    noise, host = np.random.default_rng(1), StandardChain(RATE)
    host.play([make(preset)])
    parts = []
    for _ in range(messages // 100):
        for _ in range(100):
            status = int(noise.integers(0, 256 if noise.random() < 0.25 else 0x80) | 0x80)
            host.midi(status, *(int(value) for value in noise.integers(0, 256 if status > 0xF0 else 128, 2)))
        parts.append(render(host, None, seconds=0.05))
    for channel in range(16):
        for controller in (121, 123):
            host.midi(0xB0 | channel, controller, 0)
    return np.concatenate(parts, axis=1), render(host, None, seconds=wait)


if __name__ == "__main__":
    run_preset_benchmark("Robustness against random messages.", measure)
