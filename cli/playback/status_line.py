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


def read(opened: "Stream", host: "StandardChain", ports: "MidiPorts") -> Status:
    """The status of the device, the chain and the keyboards. latency: seconds from a key to the speaker."""
    now = read_status(opened, host, ports, time.monotonic())
    status: Status = {"state": now.state, "problem": now.problem}
    if now.backend:
        status |= {"device": now.device, "backend": now.backend, "realtime": now.realtime}
        status |= {"rate": now.rate, "block": now.block, "latency": round(now.latency, 6)}
    status |= {"load": round(now.load, 4), "worst": round(now.max_load, 4), "underruns": now.underruns}
    status |= {"clipped": now.clipped, "lost": now.lost_events, "voices": now.voices, "ports": list(now.ports)}
    return status


def print_message(text: str, as_json: bool) -> None:
    """Print a message, as JSON if requested."""
    print(json.dumps({"message": text}, ensure_ascii=False) if as_json else text, flush=True)


@contextlib.contextmanager
def display(as_json: bool, poll: Callable[[], Status]) -> Iterator[Callable[[], None]]:
    """Give a function that displays the status; it is called repeatedly and limits its own rate."""
    if as_json:
        yield _limit_rate(JSON_SECONDS, lambda: print(json.dumps(poll(), ensure_ascii=False), flush=True))
    elif sys.stdout.isatty():
        from rich.live import Live
        from rich.text import Text

        with Live(auto_refresh=False) as live:
            yield _limit_rate(
                LIVE_SECONDS,
                lambda: live.update(Text(format_line(poll()), no_wrap=True, overflow="ellipsis"), refresh=True),
            )
    else:
        yield _make_change_printer(poll)


def format_device(status: Status) -> str:
    """The device as text; empty until its first audio callback."""
    if "device" not in status:
        return f"waiting for an audio device: {status['problem']}"
    if not status["block"]:
        return ""
    realtime = "" if status["realtime"] else ", not realtime"
    return (
        f"playing on {status['device']} ({status['backend']}) at {status['rate']:g} Hz, {status['block']} frames "
        f"a block, {1000 * status['latency']:.1f} ms from key to speaker{realtime}"
    )


def format_line(status: Status) -> str:
    """All of the status in one line."""
    if "device" not in status:
        return format_device(status)
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


def _make_change_printer(poll: Callable[[], Status]) -> Callable[[], None]:
    """Make a function that prints the device whenever it has changed."""
    printed = ""

    def update() -> None:
        nonlocal printed
        now = format_device(poll())
        if now and now != printed:
            printed = now
            print(now, flush=True)

    return update


def _limit_rate(seconds: float, work: Callable[[], object]) -> Callable[[], None]:
    """Make a function that calls `work`, but not more often than once in `seconds`."""
    due = 0.0

    def update() -> None:
        nonlocal due
        if time.monotonic() >= due:
            work()
            due = time.monotonic() + seconds

    return update
