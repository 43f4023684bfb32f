"""The window, as its benchmarks measure it: closed at every moment, killed at random ones, used, walked through."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.support.virtual_display import virtual_display

from .row import Row, row_at_most, row_of

MAX_KILLS = 50
USE_SECONDS = 60.0  # of dragging, resizing and dialogs


def measure_closing(scale: float) -> Iterator[Row]:
    """Close the window at every moment: in every way at full length, otherwise in one."""
    from benchmarks.window import close_times

    with virtual_display():
        yield from map(row_of, close_times.measure(every=scale == 1))


def measure_kills(scale: float) -> Iterator[Row]:
    """Kill the window at random moments of editing, recording and learning, and start it again."""
    from benchmarks.support.jack_server import running
    from benchmarks.window.kills import kill_often

    with virtual_display(), running() as server:
        kills = list(kill_often(max(round(MAX_KILLS * scale), 1), 0, server))
    for moment in dict.fromkeys(each.moment for each in kills):
        found = [each for each in kills if each.moment == moment]
        lost = [what for each in found for what in each.lost]
        steps = sum(each.steps for each in found)
        what = f"{moment}: things lost after {len(found)} kills and {steps} steps"
        yield row_at_most(what, len(lost), 0, where="; ".join(lost[:3]))


def measure_walk(scale: float) -> Iterator[Row]:
    """Walk through the window at each size, scale and theme: faults of layout, and where they are."""
    from benchmarks.window.walk import walk_all

    with tempfile.TemporaryDirectory() as folder:
        for walked in walk_all(Path(folder), share=scale):
            (width, height), faults = walked.size, walked.faults
            what = f"{width} × {height} at {walked.scale:g}, {walked.theme}: faults in {walked.screens} screens"
            yield row_at_most(what, len(faults), 0, where="; ".join(faults[:3]))


def measure_use(scale: float) -> Iterator[Row]:
    """Open the window, and use it beside the sound."""
    from benchmarks.window import start_cost_latency

    with virtual_display():
        yield from map(row_of, start_cost_latency.measure(seconds=USE_SECONDS * scale))
