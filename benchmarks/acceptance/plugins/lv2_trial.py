"""A trial of one LV2 plugin in a process of its own: opened, played, its state saved and restored, reset, freed."""

import ctypes
import faulthandler
import multiprocessing
import os
import signal
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, ClassVar

import numpy as np

from engine.events import EVENT, Kind
from engine.foreign.lv2.plugin import Lv2Plugin
from engine.plugin import BURST
from engine.plugin.external import PluginError

RATE, BLOCK_FRAMES, BLOCK_COUNT = 48_000.0, 128, 400
MAX_TRIAL_SECONDS = 30.0
MIN_PEAK = 1e-6  # of what is called a sound
TURN_BLOCK = 100  # in which the first parameter goes to its end
NOTES = ((10, Kind.NOTE_ON, 36), (60, Kind.NOTE_ON, 64), (200, Kind.NOTE_OFF, 36), (300, Kind.NOTE_OFF, 64))
"""Block, kind and key."""
_PROCESS = ctypes.CFUNCTYPE(
    ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_ssize_t
)


@dataclass(frozen=True)
class Trial:
    """What became of a plugin. stage: DONE, REFUSED, or the one that it did not survive.

    text: the line of the refusal, or how the process ended. facts: measured on the way.
    """

    stage: str
    text: str
    facts: dict[str, Any]

    DONE: ClassVar[str] = "done"
    REFUSED: ClassVar[str] = "refused"

    @property
    def is_good(self) -> bool:
        """Whether it went through all."""
        return self.stage == self.DONE

    @property
    def sounds(self) -> bool:
        """Whether anything came out that was a sound."""
        return bool(self.facts.get("peak", 0.0) > MIN_PEAK)


def try_plugin(uri: str) -> Trial:
    """Try a plugin in a copy of this process, of whose threads none is needed there."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(uri, sender))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other threads may be there
        child.start()
    sender.close()
    stage, text, facts = _follow(receiver)
    if text or stage in (Trial.DONE, Trial.REFUSED):
        child.kill()  # it is late, or has nothing more to say
    child.join()
    if stage != Trial.DONE and not text:
        text = f"ended by {_exit_name(child.exitcode)}"
    return Trial(stage, text, facts)


def _follow(receiver: Connection) -> tuple[str, str, dict[str, Any]]:
    """What a copy tells until it ends: its last stage, the line that it gives or that it is late, and the facts."""
    stage, text, facts = "start", "", {}
    deadline = time.monotonic() + MAX_TRIAL_SECONDS
    while receiver.poll(max(deadline - time.monotonic(), 0)):
        try:
            told = receiver.recv()
        except EOFError:
            return stage, text, facts
        stage, text = told.pop("stage"), told.pop("text", "")
        facts |= told
    return stage, text or f"no answer within {MAX_TRIAL_SECONDS:g} s", facts


def _run(uri: str, sender: Connection) -> None:
    """[in the copy] Try a plugin, and tell each stage before it begins."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    faulthandler.disable()  # an end is told by its signal
    try:
        _measure(uri, lambda stage, **facts: sender.send({"stage": stage, **facts}))
    except (PluginError, ValueError) as error:
        sender.send({"stage": Trial.REFUSED, "text": str(error)})
    sender.close()
    os._exit(0)


def _measure(uri: str, tell: Callable[..., None]) -> None:
    """Go through the stages, each told before it begins with what the one before has measured."""
    tell("open")
    begun = time.perf_counter()
    plugin = Lv2Plugin(uri)
    tell("prepare", open_ms=1000 * (time.perf_counter() - begun), params=len(plugin.params))
    plugin.prepare(RATE)
    tell("play", latency=plugin.latency)
    peak, block_us = _play(plugin)
    tell("state", peak=peak, block_us=block_us, broken=plugin.broken_samples)
    state = plugin.save_state()
    if state is not None:
        plugin.load_state(state)
    tell("reset", state_bytes=len(state or b""))
    plugin.reset()
    tell("close")
    plugin.close()
    tell(Trial.DONE)


def _play(plugin: Lv2Plugin) -> tuple[float, float]:
    """Play noise, notes and a turn of a knob through a plugin: the peak, and the median time of a block in us."""
    random, address = np.random.default_rng(1), plugin.state.ctypes.data
    events, process = np.zeros(BURST, EVENT), _PROCESS(plugin.address)
    peak, times = 0.0, []
    for block in range(BLOCK_COUNT):
        count = 0
        for number, kind, key in NOTES:
            if number == block:
                events[count] = (17, 0, int(kind), 0, key, key, 0.8 if kind == Kind.NOTE_ON else 1.0)
                count += 1
        if block == TURN_BLOCK and plugin.params:
            events[count] = (64, address, int(Kind.PARAM), 0, -1, 0, plugin.params[0].high)
            count += 1
        sound = np.zeros((2, BLOCK_FRAMES), np.float32)
        if not plugin.is_instrument:
            sound += 0.25 * random.standard_normal(sound.shape)
        begun = time.perf_counter()
        process(address, sound.ctypes.data, BLOCK_FRAMES, events.ctypes.data, count)
        times.append(time.perf_counter() - begun)
        peak = max(peak, float(np.abs(sound).max()))
        plugin.catch_up()
    return peak, 1e6 * float(np.median(times))


def _exit_name(status: int | None) -> str:
    return signal.Signals(-status).name if status is not None and status < 0 else f"status {status}"
