"""Registry of the open clients of JACK servers: those of dead servers are closed before another is opened.

libjack crashes when a dead client is closed after another one was opened, and PortAudio opens one as well.
"""

import weakref
from typing import Protocol


class Closable(Protocol):
    """A client whose server may stop while it is open."""

    @property
    def alive(self) -> bool:
        """Whether it still works."""

    def close(self) -> None:
        """Release what is left of it; may be called again."""


def register_client(client: Closable) -> None:
    """Register a client for `close_dead_clients`."""
    _clients.add(client)


def close_dead_clients() -> None:
    """Close the registered clients that have died."""
    for client in list(_clients):
        if not client.alive:
            client.close()


_clients: weakref.WeakSet[Closable] = weakref.WeakSet()
