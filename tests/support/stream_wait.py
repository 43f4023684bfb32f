"""Keep a stream going until something has come true."""

import time
from collections.abc import Callable

import pytest

from engine.devices import stream
from engine.devices.backend import DeviceRequest
from engine.devices.stream import Stream
from engine.host import Host
from tests.support.wait_limit import MAX_WAIT_SECONDS


def until(playing: Stream, condition: Callable[[], bool]) -> None:
    """Poll until the condition holds; a failure when it never does."""
    end = time.monotonic() + MAX_WAIT_SECONDS
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"waited {MAX_WAIT_SECONDS:g} s in vain; {playing.state} {playing.problem}")
        playing.poll()
        time.sleep(0.005)


def until_played(playing: Stream, frames: int) -> None:
    """Poll until so many more frames were played."""
    end = playing.host.frame + frames
    until(playing, lambda: playing.host.frame >= end)


def open_playing(host: Host, request: DeviceRequest) -> Stream:
    """Open a stream and poll until its device plays, which a busy machine may refuse at first."""
    playing = stream.open(host, request)
    until(playing, lambda: playing.info is not None)
    return playing
