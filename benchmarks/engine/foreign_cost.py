"""Cost of hosting a foreign plugin: a block with its copies, events and guard, without the plugin and with it.

    python -m benchmarks.engine.foreign_cost [FILE.clap | lv2:URI] [--json]

A block is 128 frames, stereo, with one turn of a knob. Without a name a CLAP and an LV2 plugin are measured.
"""

from typing import Any

import numpy as np

from benchmarks.support.measurement import Measurement, median_times, run_preset_benchmark
from engine.events import EVENT, Kind
from engine.foreign import load
from engine.foreign.names import LV2_PREFIX
from engine.kernel import njit
from engine.plugin import BURST, state_address
from engine.pointers import invoke

RATE, BLOCK = 48_000.0, 128  # Hz, frames
CALLS, ROUNDS = 2000, 25  # in one timing
MAX_OWN_MICROSECONDS = 1.0  # goal
DEFAULT_PLUGINS = ("/usr/lib/clap/ZamComp.clap", "lv2:urn:zamaudio:ZamComp")
COUNT_FIELDS = ("instance_count", "twin_count")  # of the records of CLAP and LV2: how many instances are called


def measure(name: str = "") -> list[Measurement]:
    """Measure the microseconds of a block, of a plugin or of all DEFAULT_PLUGINS."""
    return [row for each in ([name] if name else DEFAULT_PLUGINS) for row in _measure(each)]


def _measure(name: str) -> list[Measurement]:
    plugin = load(name)
    plugin.prepare(RATE)
    sound = (0.1 * np.random.default_rng(1).standard_normal((2, BLOCK))).astype(np.float32)
    audio, events = np.zeros((2, BLOCK), np.float32), np.zeros(BURST, EVENT)
    events[0] = (BLOCK // 2, state_address(plugin), Kind.PARAM, 0, -1, 0, plugin.params[0].default)
    record: Any = plugin.state[0]
    field = next(each for each in COUNT_FIELDS if each in record.dtype.names)
    count, kind = int(record[field]), "LV2" if name.startswith(LV2_PREFIX) else "CLAP"

    def run(instances: int) -> None:
        record[field] = instances
        _play(plugin.address, state_address(plugin), audio, sound, events, CALLS)

    seconds = median_times({"own": lambda: run(0), "whole": lambda: run(count)}, ROUNDS)
    record[field] = count
    own, whole = (1e6 * seconds[each] / CALLS for each in ("own", "whole"))
    plugin.close()
    return [
        Measurement(f"a block of 128 frames through {kind}, our side", own, "µs", MAX_OWN_MICROSECONDS, True),
        Measurement(f"the same with {plugin.name} itself", whole, "µs"),
    ]


@njit(error_model="numpy")
def _play(address, state, audio, sound, events, calls):
    """Call a C_PROCESS function again and again, with a block and one event."""
    for _ in range(calls):
        for side in range(2):
            for t in range(audio.shape[1]):
                audio[side, t] = sound[side, t]
        invoke(address, state, audio.ctypes, audio.shape[1], events.ctypes, 1)


if __name__ == "__main__":
    run_preset_benchmark(__doc__ or "", measure, "")
