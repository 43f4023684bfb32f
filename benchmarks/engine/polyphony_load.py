"""Load of sixty-four sounding notes of an instrument: the whole host, from keys to speaker.

    python -m benchmarks.engine.polyphony_load [PRESET] [--json]

Every key of the instrument in turn, over as many channels as it takes; each note is struck again in turn, so that
all keep sounding. Every call of the callback is timed by wall clock and by the thread's own time, which does not run
while other programs have the core.
"""

import ctypes
import time
from collections.abc import Callable

import numpy as np

from benchmarks.support.measurement import Measurement, run_preset_benchmark
from engine.instruments import load
from engine.portaudio_callback import callback
from engine.standard_chain import StandardChain

RATE = 48_000
BLOCK = 64
NOTES = 64
ROUND_SECONDS = 4.0  # in which every note is struck once
VELOCITY = 100
MAX_MEAN_PERCENT, MAX_PERCENTILE_999 = 10.0, 40.0  # goals for the mean, and for 999 blocks of 1000


def measure(preset: str = "guitar", seconds: float = 12.0) -> list[Measurement]:
    """Measure a preset, from so many seconds of sound."""
    host = StandardChain(RATE)
    instrument = load(preset)
    host.play([instrument])
    notes = _notes(instrument.preset.header.get("keys", {"low": 36, "high": 96}))
    _play(host, notes, ROUND_SECONDS, lambda: instrument.voices)  # until all sound
    wall, thread, voices = _play(host, notes, seconds, lambda: instrument.voices)
    name = instrument.preset.header["name"]
    return [
        Measurement(f"{name}: voices that sound, at least", voices.min(), "", NOTES),
        Measurement(f"{name}: mean load, wall clock", wall.mean(), "%", MAX_MEAN_PERCENT, goal_is_max=True),
        Measurement(f"{name}: mean load, thread's own time", thread.mean(), "%", MAX_MEAN_PERCENT, goal_is_max=True),
        Measurement(
            f"{name}: load of 999 blocks of 1000, wall clock",
            _percentile_999(wall),
            "%",
            MAX_PERCENTILE_999,
            goal_is_max=True,
        ),
        Measurement(
            f"{name}: the same, thread's own time",
            _percentile_999(thread),
            "%",
            MAX_PERCENTILE_999,
            goal_is_max=True,
        ),
        Measurement(f"{name}: worst block, thread's own time", thread.max(), "%"),
    ]


def _notes(keys: dict[str, int]) -> list[tuple[int, int]]:
    """Channel and key of each note: all keys on the first channel, then on the next."""
    count = keys["high"] - keys["low"] + 1
    return [(i // count, keys["low"] + i % count) for i in range(NOTES)]


def _play(
    host: StandardChain, notes: list[tuple[int, int]], seconds: float, count_voices: Callable[[], int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Strike the notes in turn; load of each block by either clock in percent, and sounding voices."""
    audio = np.zeros((BLOCK, 2), np.float32)
    speaker = ctypes.cast(audio.ctypes.data, ctypes.POINTER(ctypes.c_float))
    call, memory = callback.ctypes, host.memory.ctypes.data
    blocks, blocks_per_note = round(seconds * RATE / BLOCK), round(ROUND_SECONDS * RATE / BLOCK / NOTES)
    wall, thread, voices = np.zeros(blocks), np.zeros(blocks), np.zeros(blocks, int)
    for block in range(blocks):
        if block % blocks_per_note == 0:
            channel, key = notes[block // blocks_per_note % NOTES]
            host.midi(0x90 | channel, key, VELOCITY)
        wall_before, thread_before = time.perf_counter_ns(), time.thread_time_ns()
        call(None, speaker, BLOCK, None, 0, memory)
        thread[block] = time.thread_time_ns() - thread_before
        wall[block] = time.perf_counter_ns() - wall_before
        voices[block] = count_voices() if block % blocks_per_note == 0 else NOTES
    block_ns = 1e9 * BLOCK / RATE
    return 100 * wall / block_ns, 100 * thread / block_ns, voices


def _percentile_999(loads: np.ndarray) -> float:
    """The load that 999 of 1000 blocks do not exceed."""
    return float(np.percentile(loads, 99.9))


if __name__ == "__main__":
    run_preset_benchmark("Load of sixty-four sounding notes.", measure)
