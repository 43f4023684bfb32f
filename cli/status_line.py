"""The status while an instrument plays: one live line on a terminal, changes elsewhere, JSON for programs."""

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from session.status import read_status

if TYPE_CHECKING:
    from engine.devices.stream import Stream
    from engine.midi.ports import MidiPorts
    from engine.standard_chain import StandardChain

JSON_SECONDS = 1.0  # between two lines of JSON
LIVE_SECONDS = 0.25  # between two updates of the live line

Status = dict[str, Any]


def read(opened: "Stream", rig: "StandardChain", ports: "MidiPorts") -> Status:
    """The status of the device, the chain and the keyboards. latency: seconds from a key to the speaker."""
    now = read_status(opened, rig, ports, time.monotonic())
    status: Status = {"state": now.state, "problem": now.problem}
    if now.backend:
        status |= {"device": now.device, "backend": now.backend, "realtime": now.realtime}
        status |= {"rate": now.rate, "block": now.block, "latency": round(now.latency, 6)}
    status |= {"load": round(now.load, 4), "worst": round(now.worst, 4), "underruns": now.underruns}
    status |= {"clipped": now.clipped, "lost": now.lost, "voices": now.voices, "ports": list(now.ports)}
    return status


def print_message(text: str, as_json: bool) -> None:
    """Print what happened."""
    print(json.dumps({"message": text}, ensure_ascii=False) if as_json else text, flush=True)


@contextlib.contextmanager
def display(as_json: bool, poll: Callable[[], Status]) -> Iterator[Callable[[], None]]:
    """Give a function that displays the status, to be called again and again; it limits how often."""
    if as_json:
        yield _every(JSON_SECONDS, lambda: print(json.dumps(poll(), ensure_ascii=False), flush=True))
    elif sys.stdout.isatty():
        from rich.live import Live
        from rich.text import Text

        with Live(auto_refresh=False) as live:
            yield _every(
                LIVE_SECONDS,
                lambda: live.update(Text(line(poll()), no_wrap=True, overflow="ellipsis"), refresh=True),
            )
    else:
        yield _changes(poll)


def device(status: Status) -> str:
    """The device in words; empty until it has asked for a block."""
    if "device" not in status:
        return f"waiting for an audio device: {status['problem']}"
    if not status["block"]:
        return ""
    realtime = "" if status["realtime"] else ", not realtime"
    return (
        f"playing on {status['device']} ({status['backend']}) at {status['rate']:g} Hz, {status['block']} frames "
        f"a block, {1000 * status['latency']:.1f} ms from key to speaker{realtime}"
    )


def line(status: Status) -> str:
    """All of the status in one line."""
    if "device" not in status:
        return device(status)
    parts = [
        f"{status['device']} ({status['backend']})",
        f"{status['rate']:g} Hz",
        f"block {status['block']}" + ("" if status["realtime"] else " not realtime"),
        f"{1000 * status['latency']:.1f} ms",
        f"load {status['load']:.0%} worst {status['worst']:.0%}",
        f"under-runs {status['underruns']}",
        *(f"{name} {status[name]}" for name in ("clipped", "lost") if status[name]),
        f"voices {status['voices']}",
        f"MIDI {', '.join(status['ports']) or 'none'}",
    ]
    return " · ".join(parts)


def _changes(poll: Callable[[], Status]) -> Callable[[], None]:
    """Prints the device whenever it changes."""
    printed = ""

    def update() -> None:
        nonlocal printed
        now = device(poll())
        if now and now != printed:
            printed = now
            print(now, flush=True)

    return update


def _every(seconds: float, work: Callable[[], object]) -> Callable[[], None]:
    """Does the work when it was last done so long ago."""
    due = 0.0

    def update() -> None:
        nonlocal due
        if time.monotonic() >= due:
            work()
            due = time.monotonic() + seconds

    return update
