"""Load of blocks in which a key of an event instrument is played for the first time while sixteen others sound.

    python -m benchmarks.engine.event_cache_misses [PRESET] [--json]

Every key of the keyboard is struck softly and hard, each once, four blocks apart, with none of its data in the cache.
"""

import ctypes
import time

import numpy as np

from benchmarks.support.measurement import Measurement, run_preset_benchmark
from engine.events import Kind
from engine.instruments.events.instrument import Events
from engine.portaudio_callback import callback
from engine.preset import library
from engine.preset.preset_file import read
from engine.standard_chain import StandardChain

RATE, BLOCK = 48_000, 64  # Hz, frames
HELD_KEYS, KEYS_PER_ROUND = range(40, 56), 24  # keys that sound meanwhile, and first uses until they are struck again
BLOCKS_PER_KEY = 4  # blocks
MAX_LOAD_PERCENT = 60.0  # goal


def measure(preset: str = "mosaic") -> list[Measurement]:
    """Measure the load of blocks, in percent of their duration: by wall clock, and by the thread's own time."""
    host, instrument = StandardChain(RATE), Events(read(library.find(preset)))
    host.play([instrument])
    audio = np.zeros((BLOCK, 2), np.float32)
    speaker = ctypes.cast(audio.ctypes.data, ctypes.POINTER(ctypes.c_float))

    def block() -> tuple[float, float]:
        cpu, start = time.thread_time_ns(), time.perf_counter_ns()
        callback.ctypes(None, speaker, BLOCK, None, 0, host.memory.ctypes.data)
        return time.perf_counter_ns() - start, time.thread_time_ns() - cpu

    times: list[tuple[float, float]] = []
    min_voices = len(HELD_KEYS)
    strikes = [(key, velocity) for velocity in (0.3, 0.9) for key in range(128) if key not in HELD_KEYS]
    for number, (key, velocity) in enumerate(strikes):
        if number % KEYS_PER_ROUND == 0:
            host.send(Kind.CHOKE)
            for _ in range(100):
                block()
            for other in HELD_KEYS:
                host.send(Kind.NOTE_ON, other, 0.7, note=other)
            block()
        host.send(Kind.NOTE_ON, key, velocity, note=key)
        times += [block() for _ in range(BLOCKS_PER_KEY)]
        min_voices = min(min_voices, instrument.voices - 1)
        host.send(Kind.CHOKE, note=key)
    wall, cpu = 100 * np.array(times).T * RATE / (1e9 * BLOCK)
    return [
        Measurement("other events that sound, at least", min_voices, "", len(HELD_KEYS)),
        Measurement(
            "load of 999 blocks of 1000, first uses among them",
            float(np.percentile(wall, 99.9)),
            "%",
            MAX_LOAD_PERCENT,
            True,
        ),
        Measurement("the same, thread's own time", float(np.percentile(cpu, 99.9)), "%", MAX_LOAD_PERCENT, True),
        Measurement("blocks that took too long", int((wall > 100).sum()), "", 0, True),
    ]


if __name__ == "__main__":
    run_preset_benchmark(__doc__ or "", measure, "mosaic")
