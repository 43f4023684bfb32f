"""Load of the effects at 48 kHz in blocks of 128 frames: of noise, steady and while a knob is turned.

    python -m benchmarks.engine.effect_load [--json]

While a knob is turned, each block brings a new value, so that coefficients are computed and move all the time.
The room is measured by `luthier bench room`.
"""

import ctypes

import numpy as np

from benchmarks.support.measurement import Measurement, min_times, print_measurements
from engine.effects import EFFECTS, ROOM, make
from engine.events import EVENT, Kind
from engine.plugin import BURST, Plugin, entry

RATE, BLOCK = 48_000, 128
BLOCKS = 64  # per measurement
ROUNDS = 40
MAX_PERCENT = {"reverb": 1.0}  # of a core
OTHER_MAX_PERCENT = 0.5
_FUNCTION = ctypes.CFUNCTYPE(
    ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_ssize_t
)


def measure() -> list[Measurement]:
    """Measure every effect but the room."""
    names = [name for name in EFFECTS if name != ROOM]
    plugins = {name: make(name) for name in names}
    for plugin in plugins.values():
        plugin.prepare(float(RATE))
    seconds = min_times(
        {(name, is_turned): _Player(plugins[name], is_turned) for name in names for is_turned in (False, True)},
        ROUNDS,
    )
    percent = {key: 100 * each * RATE / (BLOCKS * BLOCK) for key, each in seconds.items()}
    return [
        Measurement(
            f"{name}{', its first knob turned' if is_turned else ''}, of one core",
            value, "%", MAX_PERCENT.get(name, OTHER_MAX_PERCENT), goal_is_max=True,
        )
        for (name, is_turned), value in percent.items()
    ]  # fmt: skip


class _Player:
    """Plays all blocks of noise through a plugin, with as little as possible around the compiled function."""

    def __init__(self, plugin: Plugin, is_turned: bool) -> None:
        self._noise = np.random.default_rng(1).uniform(-0.5, 0.5, (BLOCKS, 2, BLOCK)).astype(np.float32)
        self._audio, self._events = self._noise.copy(), np.zeros((BLOCKS, BURST), EVENT)
        self._function, self._state = _FUNCTION(entry(plugin).address), plugin.state.ctypes.data
        pairs = zip(self._audio, self._events, strict=True)
        self._places = [(audio.ctypes.data, events.ctypes.data) for audio, events in pairs]
        self._count = int(is_turned)
        param, shares = plugin.params[0], np.arange(1, BLOCKS + 1) / (BLOCKS + 1)
        self._events["kind"], self._events["value"][:, 0] = Kind.PARAM, param.low + (param.high - param.low) * shares

    def __call__(self) -> None:
        np.copyto(self._audio, self._noise)
        for audio, events in self._places:
            self._function(self._state, audio, BLOCK, events, self._count)


if __name__ == "__main__":
    print_measurements(measure())
