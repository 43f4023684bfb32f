"""The load of blocks in which a key of an event instrument is played for the first time while sixteen others sound.

    python -m benchmarks.engine.first_use [PRESET] [--json]

Every key of the keyboard is struck softly and hard, each once, four blocks apart; nothing of it was touched before.
"""

import ctypes
import time

import numpy as np

from benchmarks.support.measurement import Measurement, run_preset_benchmark
from engine.callback import callback
from engine.events import Kind
from engine.instruments.events.instrument import Events
from engine.preset import library
from engine.preset.preset_file import read
from engine.rig import Rig

RATE, BLOCK = 48_000, 64  # Hz, frames
OTHERS, EACH = range(40, 56), 24  # keys that sound, and first uses before they are struck again
APART = 4  # blocks
LOAD = 60.0  # percent


def measure(preset: str = "mosaic") -> list[Measurement]:
    """How long blocks take, of their time: by the clock, and by the thread's own."""
    rig, instrument = Rig(RATE), Events(read(library.find(preset)))
    rig.play([instrument])
    audio = np.zeros((BLOCK, 2), np.float32)
    speaker = ctypes.cast(audio.ctypes.data, ctypes.POINTER(ctypes.c_float))

    def block() -> tuple[float, float]:
        own, began = time.thread_time_ns(), time.perf_counter_ns()
        callback.ctypes(None, speaker, BLOCK, None, 0, rig.memory.ctypes.data)
        return time.perf_counter_ns() - began, time.thread_time_ns() - own

    times: list[tuple[float, float]] = []
    fewest = len(OTHERS)
    uses = [(key, velocity) for velocity in (0.3, 0.9) for key in range(128) if key not in OTHERS]
    for number, (key, velocity) in enumerate(uses):
        if number % EACH == 0:
            rig.send(Kind.CHOKE)
            for _ in range(100):
                block()
            for other in OTHERS:
                rig.send(Kind.NOTE_ON, other, 0.7, note=other)
            block()
        rig.send(Kind.NOTE_ON, key, velocity, note=key)
        times += [block() for _ in range(APART)]
        fewest = min(fewest, instrument.voices - 1)
        rig.send(Kind.CHOKE, note=key)
    clock, own = 100 * np.array(times).T * RATE / (1e9 * BLOCK)
    return [
        Measurement("other events that sound, at least", fewest, "", len(OTHERS)),
        Measurement(
            "load of 999 blocks of 1000, first uses among them", float(np.percentile(clock, 99.9)), "%", LOAD, True
        ),
        Measurement("the same, thread's own time", float(np.percentile(own, 99.9)), "%", LOAD, True),
        Measurement("blocks that took too long", int((clock > 100).sum()), "", 0, True),
    ]


if __name__ == "__main__":
    run_preset_benchmark(__doc__ or "", measure, "mosaic")
