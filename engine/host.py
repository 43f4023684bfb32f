"""The main thread's side of the record that the audio thread works on."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.plugin import Param, Plugin, entry, state_address

from .block import HOST, KEYS, LATER, LIVE, LOADS, LONGEST, MAIN, SEEN, SLOTS, SOURCES
from .events import ALL, NOW, Kind
from .memory import publish
from .ring import LOST, Ring

PATIENCE = 2.0  # seconds to wait for the audio thread to take up a row


@dataclass(frozen=True)
class Meters:
    """What the host measured: levels linear, loads as a share of the time there is.

    clipped: samples that were too loud, and blocks that went out so. lost: events that found no room, or no sense.
    """

    peak: tuple[float, float]
    rms: tuple[float, float]
    clipped: int
    load: float
    worst: float
    blocks: int
    xruns: int
    lost: int
    voices: int = 0  # notes that sound, of the plugins of the row that count theirs


class Host:
    """A row of plugins between a head and a tail that stay: what an audio device plays.

    Everything that the audio thread can reach lies in `memory`, one HOST record, or in the records of the
    plugins, which are kept alive until no block uses them any more.
    """

    def __init__(self, rate: float, head: Sequence[Plugin] = (), tail: Sequence[Plugin] = ()) -> None:
        self.memory = np.zeros(1, HOST)
        record = self.memory[0]
        record["rate"] = rate
        record["inputs"] = record["outputs"] = 2
        self.events = Ring(record["queues"][MAIN], record["cursors"][MAIN])
        self.later = Ring(record["queues"][LATER], record["cursors"][LATER])
        self.keys = Ring(record["queues"][KEYS], record["cursors"][KEYS])
        self.outbox = Ring(record["outbox"], record["outbox_cursors"])
        self.running: Callable[[], bool] = lambda: False  # whether a device calls us; the stream says it
        self.row: list[Plugin] = []
        self.head, self.tail = list(head), list(tail)
        self._record = record
        self._kept: dict[int, list[object]] = {}
        self._sources = KEYS + 1
        for plugin in (*self.head, *self.tail):
            plugin.prepare(rate)
        self._kept[-1] = [self._write("head", 2, self.head), self._write("tail", 3, self.tail)]

    @property
    def rate(self) -> float:
        """Hz."""
        return float(self._record["rate"])

    @property
    def frame(self) -> int:
        """The first frame of the block that comes next."""
        return int(self._record["frame"])

    @property
    def catch_up_frames(self) -> int:
        """Frames that may be played in file time between two calls of `catch_up`."""
        return min([plugin.catch_up_frames for plugin in self.row] + [LONGEST])

    def catch_up(self) -> None:
        """[driver of file time, between two blocks] Let what works beside the audio thread do all it was asked."""
        for plugin in self.row:
            plugin.catch_up()

    def play(self, row: Sequence[Plugin]) -> None:
        """[main thread] Prepare new plugins and let them take over from the row that plays, without a click.

        A plugin that is in the row already cannot be in the next one, since both sound while they are faded.
        Raises ValueError for that, for a plugin that is there twice and for a row that is too long, RuntimeError
        when a running device has not taken up the row before this one within two seconds.
        """
        if any(plugin is other for plugin in row for other in self.row):
            raise ValueError("a plugin of the row that plays cannot be in the next one: make a new one")
        self._publish(row, fade=True)

    def arrange(self, row: Sequence[Plugin]) -> None:
        """[main thread] Let a row take over that has plugins of the row that plays, in any order: these play on.

        Plugins that are new are prepared. It happens between two blocks, without a fade: what comes, goes or changes
        its place should be silent, or let the sound pass unchanged. Errors as of `play`.
        """
        deaf = any(plugin.listens for plugin in self.row) and not any(plugin.listens for plugin in row)
        self._publish(row, fade=False)
        if deaf:
            self.send(Kind.PITCH)  # nobody is left to say that the voice has ended

    def send(
        self, kind: Kind, key: int = 0, value: float = 0.0, *,
        frame: int = NOW, channel: int = 0, note: int = ALL, target: Plugin | None = None,
    ) -> bool:  # fmt: skip
        """[main thread] Send an event, heard at `frame` (absolute) or as soon as it can be; False when too many wait.

        Events with a frame wait in a ring of their own and hold up none for now; among themselves they are to be
        sent in the order of their frames, for a later one holds back those sent after it.
        Raises ValueError for what the audio thread could not bear: it checks nothing.
        """
        check(kind, key, value, channel, note)
        where = state_address(target) if target is not None else 0
        ring = self.events if frame == NOW else self.later
        return ring.push(int(kind), key, value, frame=frame, channel=channel, note=note, target=where)

    def midi(self, status: int, first: int = 0, second: int = 0, frame: int = NOW) -> bool:
        """[main thread] Send a MIDI message of up to three bytes, as if from a keyboard."""
        return self.send(Kind.MIDI, status & 0xFF | (first & 0x7F) << 8 | (second & 0x7F) << 16, frame=frame)

    def set(self, plugin: Plugin, name: str, value: float, frame: int = NOW) -> bool:
        """[main thread] Turn a knob of a plugin, in the knob's own unit; a value out of range is its nearest bound.

        Raises ValueError when the plugin has no such parameter or the value is no number.
        """
        index, param = find(plugin, name)
        if not np.isfinite(value):
            raise ValueError(f"{plugin.name}: {name} must be a number, not {value}")
        value = min(max(value, param.low), param.high)
        return self.send(Kind.PARAM, index, value, frame=frame, target=plugin)

    def source(self) -> Ring:
        """A queue for one more thread that sends events; at most two can be had."""
        if self._sources == SOURCES:
            raise RuntimeError(f"at most {SOURCES - KEYS - 1} more threads may send events")
        index, self._sources = self._sources, self._sources + 1
        return Ring(self._record["queues"][index], self._record["cursors"][index])

    def tell(self, told: bool = True) -> None:
        """Put every MIDI message that comes into the outbox as well, or do so no more."""
        self._record["tells"] = told

    def now(self) -> int:
        """The absolute frame that is being played, by the clock; 0 before the first block."""
        if not self._record["blocks"]:
            return 0
        return max(int((time.perf_counter() - self._record["epoch"]) * self.rate), 0)

    def meters(self) -> Meters:
        """What was measured up to the last block."""
        record = self._record
        left, right = record["peak"].tolist()
        rms = np.sqrt(record["power"]).tolist()
        return Meters(
            peak=(left, right), rms=(rms[0], rms[1]), clipped=int(record["clipped"]),
            load=float(record["load"]), worst=float(record["worst"]), blocks=int(record["blocks"]),
            xruns=int(record["xruns"]), lost=int(record["cursors"][:, LOST].sum()),
            voices=sum(plugin.voices for plugin in self.row),
        )  # fmt: skip

    def reset_meters(self) -> None:
        """Forget the worst load, the distribution of loads and the counts of trouble."""
        for name in ("worst", "clipped", "xruns", "loads"):
            self._record[name] = 0

    def load_quantile(self, share: float) -> float:
        """The block load that a share (0..1) of the blocks stayed within, to one percent."""
        counts = np.cumsum(self._record["loads"])
        if not counts[-1]:
            return 0.0
        return float(min(np.searchsorted(counts, share * counts[-1]) + 1, LOADS)) / 100

    def prepare(self, rate: float) -> None:
        """[main thread, not playing] Take the rate of another device: every plugin starts afresh."""
        if self.running():
            raise RuntimeError("the rate cannot change while a device plays")
        self._settle()
        self._record["rate"] = rate
        for plugin in (*self.head, *self.row, *self.tail):
            plugin.prepare(rate)

    def _publish(self, row: Sequence[Plugin], fade: bool) -> None:
        """Write a row beside the one that plays, and let it take over."""
        if len(row) > SLOTS:
            raise ValueError(f"{len(row)} plugins in a row, at most {SLOTS}")
        if len({id(plugin) for plugin in row}) < len(row):
            raise ValueError("a plugin cannot be in a row twice: make a new one")
        self._settle()
        turn = int(self._record["turn"][LIVE]) + 1
        for plugin in row:
            if not any(plugin is other for other in self.row):
                plugin.prepare(self.rate)
        kept = self._write("rows", turn & 1, row)
        self._kept = {key: value for key, value in self._kept.items() if key in (-1, turn - 1)}
        self._kept[turn] = kept
        self._record["listens"] = self._record["hears"][turn & 1] = any(plugin.listens for plugin in row)
        self._record["faded"] = 0
        self._record["cut"] = 0 if fade else turn
        publish(self._record["turn"], LIVE, turn)
        self.row = list(row)

    def _settle(self) -> None:
        """Wait until the row before has faded; finish its fade where no device does."""
        turn = self._record["turn"]
        until = time.monotonic() + PATIENCE
        while turn[SEEN] != turn[LIVE] and self.running():
            if time.monotonic() > until:
                raise RuntimeError("the audio device has stopped: it does not take up a new instrument")
            time.sleep(0.002)
        turn[SEEN] = turn[LIVE]

    def _write(self, name: str, used: int, plugins: Sequence[Plugin]) -> list[object]:
        entries = [entry(plugin) for plugin in plugins]
        row = self._record[name][used] if name == "rows" else self._record[name]
        for slot, plugin, function in zip(row, plugins, entries, strict=False):
            slot["process"] = function.address
            slot["state"] = state_address(plugin)
        self._record["used"][used] = len(plugins)
        return [*plugins, *entries]


def find(plugin: Plugin, name: str) -> tuple[int, Param]:
    """The place of a parameter and the parameter; ValueError names those there are."""
    for index, param in enumerate(plugin.params):
        if param.name == name:
            return index, param
    names = ", ".join(param.name for param in plugin.params) or "none"
    raise ValueError(f"{plugin.name} has no parameter {name!r}; it has: {names}")


def check(kind: int, key: int, value: float, channel: int, note: int) -> None:
    """Raise ValueError unless the audio thread can take this event as it is."""
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
