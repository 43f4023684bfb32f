"""The host: owner of the memory that the audio callback works on, used by the main thread."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np

from engine.plugin import MAX_BLOCK_FRAMES, Param, Plugin, entry, state_address

from .block import (
    ACTIVE,
    DEVICE_RING,
    HOST,
    MAIN_RING,
    MAX_SLOTS,
    MAX_SOURCES,
    PUBLISHED,
    TIMED_RING,
)
from .events import ALL, NOW, Kind
from .pointers import publish
from .ring import LOST, Ring

MAX_FADE_SECONDS = 2.0  # to wait for the audio thread to replace a chain


@dataclass(frozen=True)
class Meters:
    """Measured by the host: levels linear, loads as a share of the block time.

    clipped: samples that were too loud, and blocks that had any. lost: events that had no room, or were malformed.
    """

    peak: tuple[float, float]
    rms: tuple[float, float]
    clipped: int
    load: float
    max_load: float
    blocks: int
    xruns: int
    lost: int
    voices: int = 0  # sounding notes, of the plugins that report them


class Host:
    """A chain of plugins between a fixed head and a fixed tail, played by an audio device.

    Everything that the audio thread can reach lies in `memory`, one HOST record, or in the records of the
    plugins, which are kept alive until no block uses them any more.
    """

    def __init__(self, rate: float, head: Sequence[Plugin] = (), tail: Sequence[Plugin] = ()) -> None:
        self.memory = np.zeros(1, HOST)
        record = self.memory[0]
        record["rate"] = rate
        record["inputs"] = record["outputs"] = 2
        self.events = Ring(record["queues"][MAIN_RING], record["cursors"][MAIN_RING])
        self.timed_events = Ring(record["queues"][TIMED_RING], record["cursors"][TIMED_RING])
        self.device_events = Ring(record["queues"][DEVICE_RING], record["cursors"][DEVICE_RING])
        self.outbox = Ring(record["outbox"], record["outbox_cursors"])
        self.running: Callable[[], bool] = lambda: False  # whether a device calls the callback; set by the stream
        self.preparing: Callable[[Plugin], AbstractContextManager[object]] = nullcontext  # in which one is prepared
        self.chain: list[Plugin] = []
        self.head, self.tail = list(head), list(tail)
        self._record = record
        self._alive: dict[int, list[object]] = {}
        self._sources = DEVICE_RING + 1
        for plugin in (*self.head, *self.tail):
            plugin.prepare(rate)
        self._alive[-1] = [self._write("head", 2, self.head), self._write("tail", 3, self.tail)]

    @property
    def rate(self) -> float:
        """Hz."""
        return float(self._record["rate"])

    @property
    def frame(self) -> int:
        """The first frame of the next block."""
        return int(self._record["frame"])

    @property
    def catch_up_frames(self) -> int:
        """Frames that may be rendered offline between two calls of `catch_up`."""
        return min([plugin.catch_up_frames for plugin in self.chain] + [MAX_BLOCK_FRAMES])

    def catch_up(self) -> None:
        """[offline driver, between two blocks] Wait until the worker threads have handled all requests."""
        for plugin in self.chain:
            plugin.catch_up()

    @property
    def latency(self) -> int:
        """Frames until an event is heard: those of the slowest instrument and of the effects after it."""
        frames = 0
        for plugin in self.chain:
            frames = max(frames, plugin.latency) if plugin.is_instrument else frames + plugin.latency
        return frames

    @property
    def busy_plugin(self) -> Plugin | None:
        """[any thread] The foreign plugin that the audio thread is within, of the chain that plays or fades out."""
        held = [each for values in list(self._alive.values()) for each in values]
        return next((each for each in held if isinstance(each, Plugin) and each.is_busy), None)

    def poll(self) -> None:
        """[main thread, many times a second while it plays] Handle what plugins have asked for while they played."""
        for plugin in self.chain:
            plugin.poll()

    def play(self, chain: Sequence[Plugin]) -> None:
        """[main thread] Prepare new plugins, and replace the chain by a crossfade.

        A plugin of the chain cannot be in the next one, since both are processed during the fade.
        Raises ValueError for that, for a plugin that is there twice and for a chain that is too long, RuntimeError
        when a running device has not finished the fade before this one within MAX_FADE_SECONDS.
        """
        if any(plugin is other for plugin in chain for other in self.chain):
            raise ValueError("a plugin of the chain that plays cannot be in the next one: make a new one")
        self._publish(chain, fade=True)

    def edit_chain(self, chain: Sequence[Plugin]) -> None:
        """[main thread] Replace the chain by one that shares plugins with it, in any order: these continue.

        New plugins are prepared. It happens between two blocks, without a fade: a plugin that is added, removed or
        moved should be silent, or pass the sound unchanged. Errors as of `play`.
        """
        closes_input = any(plugin.listens for plugin in self.chain) and not any(plugin.listens for plugin in chain)
        self._publish(chain, fade=False)
        if closes_input:
            self.send(Kind.PITCH)  # the tracker that would end the tone has been removed

    def send(
        self, kind: Kind, key: int = 0, value: float = 0.0, *,
        frame: int = NOW, channel: int = 0, note: int = ALL, target: Plugin | None = None,
    ) -> bool:  # fmt: skip
        """[main thread] Send an event, for `frame` (absolute) or as soon as possible; False when the ring is full.

        Events with a frame have a ring of their own and do not delay those without; they must be sent in the order
        of their frames, for a later one holds back those sent after it.
        Raises ValueError for values that the audio thread cannot handle: it checks nothing.
        """
        check_event(kind, key, value, channel, note)
        where = state_address(target) if target is not None else 0
        ring = self.events if frame == NOW else self.timed_events
        return ring.push(int(kind), key, value, frame=frame, channel=channel, note=note, target=where)

    def midi(self, status: int, first: int = 0, second: int = 0, frame: int = NOW) -> bool:
        """[main thread] Send a MIDI message of up to three bytes, as if from a keyboard."""
        return self.send(Kind.MIDI, status & 0xFF | (first & 0x7F) << 8 | (second & 0x7F) << 16, frame=frame)

    def set_param(self, plugin: Plugin, name: str, value: float, frame: int = NOW) -> bool:
        """[main thread] Set a parameter of a plugin, in its own unit; a value out of range is clamped.

        Raises ValueError when the plugin has no such parameter or the value is no number.
        """
        index, param = find_param(plugin, name)
        if not np.isfinite(value):
            raise ValueError(f"{plugin.name}: {name} must be a number, not {value}")
        value = min(max(value, param.low), param.high)
        return self.send(Kind.PARAM, index, value, frame=frame, target=plugin)

    def new_source(self) -> Ring:
        """A queue for one more thread that sends events; at most two are available."""
        if self._sources == MAX_SOURCES:
            raise RuntimeError(f"at most {MAX_SOURCES - DEVICE_RING - 1} more threads may send events")
        index, self._sources = self._sources, self._sources + 1
        return Ring(self._record["queues"][index], self._record["cursors"][index])

    def report_midi(self, enabled: bool = True) -> None:
        """Start or stop copying every MIDI message to the outbox."""
        self._record["reports_midi"] = enabled

    def playing_frame(self) -> int:
        """The absolute frame that is playing, by the clock; 0 before the first block."""
        if not self._record["blocks"]:
            return 0
        return max(int((time.perf_counter() - self._record["epoch"]) * self.rate), 0)

    def meters(self) -> Meters:
        """The measurements up to the last block."""
        record = self._record
        left, right = record["peak"].tolist()
        rms = np.sqrt(record["power"]).tolist()
        return Meters(
            peak=(left, right), rms=(rms[0], rms[1]), clipped=int(record["clipped"]),
            load=float(record["load"]), max_load=float(record["max_load"]), blocks=int(record["blocks"]),
            xruns=int(record["xruns"]), lost=int(record["cursors"][:, LOST].sum()),
            voices=sum(plugin.voices for plugin in self.chain),
        )  # fmt: skip

    def reset_meters(self) -> None:
        """Reset the maximum load and the counts of clipping and under-runs."""
        self.reset_load()
        self._record["clipped"] = 0

    def reset_load(self) -> None:
        """Reset the maximum load, the count of under-runs, and what plugins count of their faults."""
        for name in ("max_load", "xruns"):
            self._record[name] = 0
        for plugin in self.chain:
            plugin.reset_meters()

    def prepare(self, rate: float) -> None:
        """[main thread, not playing] Set the sample rate: every plugin is prepared anew."""
        if self.running():
            raise RuntimeError("the rate cannot change while a device plays")
        self._finish_fade()
        self._record["rate"] = rate
        for plugin in (*self.head, *self.chain, *self.tail):
            with self.preparing(plugin):
                plugin.prepare(rate)

    def _publish(self, chain: Sequence[Plugin], fade: bool) -> None:
        """Write a chain beside the one that plays, and publish its version."""
        if len(chain) > MAX_SLOTS:
            raise ValueError(f"{len(chain)} plugins in a chain, at most {MAX_SLOTS}")
        if len({id(plugin) for plugin in chain}) < len(chain):
            raise ValueError("a plugin cannot be in a chain twice: make a new one")
        self._finish_fade()
        version = int(self._record["version"][PUBLISHED]) + 1
        for plugin in chain:
            if not any(plugin is other for other in self.chain):
                with self.preparing(plugin):
                    plugin.prepare(self.rate)
        alive = self._write("chains", version & 1, chain)
        released = [each for key, values in self._alive.items() if key not in (-1, version - 1) for each in values]
        self._alive = {key: value for key, value in self._alive.items() if key in (-1, version - 1)}
        self._alive[version] = alive
        self._close(released)
        listens = any(plugin.listens for plugin in chain)
        self._record["listens"] = self._record["chain_listens"][version & 1] = listens
        self._record["fade_frame"] = 0
        self._record["unfaded"] = 0 if fade else version
        publish(self._record["version"], PUBLISHED, version)
        self.chain = list(chain)

    def _close(self, released: Sequence[object]) -> None:
        """Close the plugins that no chain has any more."""
        kept = {id(each) for values in self._alive.values() for each in values}
        for plugin in {id(each): each for each in released if id(each) not in kept}.values():
            if isinstance(plugin, Plugin):
                plugin.close()

    def _finish_fade(self) -> None:
        """Wait until the fade to the chain is over; end it where no device runs."""
        version = self._record["version"]
        until = time.monotonic() + MAX_FADE_SECONDS
        while version[ACTIVE] != version[PUBLISHED] and self.running():
            if time.monotonic() > until:
                raise RuntimeError("the audio device has stopped: it does not take up a new instrument")
            time.sleep(0.002)
        version[ACTIVE] = version[PUBLISHED]

    def _write(self, name: str, used: int, plugins: Sequence[Plugin]) -> list[object]:
        """Write plugins into slots; what must be kept alive while they are there."""
        entries = [entry(plugin) for plugin in plugins]
        slots = self._record[name][used] if name == "chains" else self._record[name]
        for slot, plugin, function in zip(slots, plugins, entries, strict=False):
            slot["process"] = function.address
            slot["state"] = state_address(plugin)
        self._record["used"][used] = len(plugins)
        return [*plugins, *entries]


def find_param(plugin: Plugin, name: str) -> tuple[int, Param]:
    """A parameter by name, with its index; ValueError lists all."""
    for index, param in enumerate(plugin.params):
        if param.name == name:
            return index, param
    names = ", ".join(param.name for param in plugin.params) or "none"
    raise ValueError(f"{plugin.name} has no parameter {name!r}; it has: {names}")


def check_event(kind: int, key: int, value: float, channel: int, note: int) -> None:
    """Raise ValueError unless the audio thread can handle this event."""
    if kind not in Kind._value2member_map_:
        raise ValueError(f"kind {kind} is none of {', '.join(Kind.__members__)}")
    if not np.isfinite(value):
        raise ValueError(f"value must be a number, not {value}")
    if not 0 <= channel < 16:
        raise ValueError(f"channel {channel} is outside 0..15")
    if not ALL <= note < 1 << 11:
        raise ValueError(f"note id {note} is outside -1..2047")
    if kind in (Kind.NOTE_ON, Kind.NOTE_OFF) and not 0 <= key < 128:
        raise ValueError(f"key {key} is outside 0..127")
    if not 0 <= key < 1 << 24:
        raise ValueError(f"key {key} is outside 0..16777215")
