"""The window, as its benchmarks measure it: closed at every moment, and used for a minute."""

from collections.abc import Iterator

from benchmarks.support.virtual_display import virtual_display

from .row import Row, row_of

USE_SECONDS = 60.0  # of dragging, resizing and dialogs


def measure_closing(scale: float) -> Iterator[Row]:
    """Close the window at every moment: in every way at full length, otherwise in one."""
    from benchmarks.window import close_times

    with virtual_display():
        yield from map(row_of, close_times.measure(every=scale == 1))


def measure_use(scale: float) -> Iterator[Row]:
    """Open the window, and use it beside the sound."""
    from benchmarks.window import start_cost_latency

    with virtual_display():
        yield from map(row_of, start_cost_latency.measure(seconds=USE_SECONDS * scale))
