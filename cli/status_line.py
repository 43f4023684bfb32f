"""How playing goes, told while it lasts: one live line on a terminal, changes elsewhere, JSON for programs."""

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.devices.stream import Stream
    from engine.midi.ports import MidiPorts
    from engine.rig import Rig

OFTEN = 1.0  # seconds between two lines of JSON
LIVELY = 0.25  # seconds between two looks of the live line

Reading = dict[str, Any]


def read(opened: "Stream", rig: "Rig", ports: "MidiPorts") -> Reading:
    """How the device, the row and the keyboards are. latency: seconds from a key to the speaker."""
    found: Reading = {"state": opened.state, "problem": opened.problem}
    given = opened.given
    if given is not None:
        found |= {"device": given.device, "backend": given.backend, "realtime": given.realtime}
        found |= {"rate": given.rate, "block": given.block}
        found["latency"] = round(given.latency + given.block / given.rate, 6)
    meters = rig.meters()
    found |= {"load": round(meters.load, 4), "worst": round(meters.worst, 4), "underruns": meters.xruns}
    found |= {
        "clipped": meters.clipped,
        "lost": meters.lost,
        "voices": meters.voices,
        "ports": sorted({*opened.keyboards, *ports.others}),
    }
    return found


def say(text: str, as_json: bool) -> None:
    """Tell something that happened."""
    print(json.dumps({"message": text}, ensure_ascii=False) if as_json else text, flush=True)


@contextlib.contextmanager
def shown(as_json: bool, look: Callable[[], Reading]) -> Iterator[Callable[[], None]]:
    """Give a function that shows how it is now, as whoever reads it can bear; to be called again and again."""
    if as_json:
        yield _every(OFTEN, lambda: print(json.dumps(look(), ensure_ascii=False), flush=True))
    elif sys.stdout.isatty():
        from rich.live import Live
        from rich.text import Text

        with Live(auto_refresh=False) as live:
            yield _every(
                LIVELY, lambda: live.update(Text(line(look()), no_wrap=True, overflow="ellipsis"), refresh=True)
            )
    else:
        yield _changes(look)


def place(reading: Reading) -> str:
    """Where it plays, in words; nothing while the device has not asked for a block yet."""
    if "device" not in reading:
        return f"waiting for an audio device: {reading['problem']}"
    if not reading["block"]:
        return ""
    manner = "" if reading["realtime"] else ", not realtime"
    return (
        f"playing on {reading['device']} ({reading['backend']}) at {reading['rate']:g} Hz, {reading['block']} frames "
        f"a block, {1000 * reading['latency']:.1f} ms from key to speaker{manner}"
    )


def line(reading: Reading) -> str:
    """All of it in one line."""
    if "device" not in reading:
        return place(reading)
    parts = [
        f"{reading['device']} ({reading['backend']})",
        f"{reading['rate']:g} Hz",
        f"block {reading['block']}" + ("" if reading["realtime"] else " not realtime"),
        f"{1000 * reading['latency']:.1f} ms",
        f"load {reading['load']:.0%} worst {reading['worst']:.0%}",
        f"under-runs {reading['underruns']}",
        *(f"{name} {reading[name]}" for name in ("clipped", "lost") if reading[name]),
        f"voices {reading['voices']}",
        f"MIDI {', '.join(reading['ports']) or 'none'}",
    ]
    return " · ".join(parts)


def _changes(look: Callable[[], Reading]) -> Callable[[], None]:
    """Prints where it plays, when that changes."""
    told = ""

    def tell() -> None:
        nonlocal told
        now = place(look())
        if now and now != told:
            told = now
            print(now, flush=True)

    return tell


def _every(seconds: float, work: Callable[[], object]) -> Callable[[], None]:
    """Does the work, but not too often."""
    due = 0.0

    def tell() -> None:
        nonlocal due
        if time.monotonic() >= due:
            work()
            due = time.monotonic() + seconds

    return tell
