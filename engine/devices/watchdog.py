"""Devices that have died, closed before another one is opened.

libjack crashes when a dead client is closed after another one was opened, and PortAudio opens one as well.
"""

import weakref
from typing import Protocol


class Mortal(Protocol):
    """What may die while it is open."""

    @property
    def alive(self) -> bool:
        """Whether it still works."""

    def close(self) -> None:
        """Let go of what is left of it; may be called again."""


def watch(device: Mortal) -> None:
    """Let `bury` know of a device."""
    _watched.add(device)


def bury() -> None:
    """Close the devices that have died."""
    for device in list(_watched):
        if not device.alive:
            device.close()


_watched: weakref.WeakSet[Mortal] = weakref.WeakSet()
