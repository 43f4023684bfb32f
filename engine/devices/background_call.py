"""Guard against a server or a device that has died: it may block its caller for good, or crash libjack.

libjack crashes when a dead client is closed after another one was opened, and PortAudio opens one as well: dead
clients are closed first.
"""

import threading
import weakref
from collections.abc import Callable
from typing import Any, Protocol


class BackgroundCall(threading.Thread):
    """A blocking call on a daemon thread, with a timeout."""

    def __init__(self, call: Callable[[], Any]) -> None:
        super().__init__(daemon=True, name="luthier background call")
        self._call = call
        self._result: Any = None
        self._error: Exception | None = None
        self.start()

    def run(self) -> None:
        """[its own thread] Make the call."""
        try:
            self._result = self._call()
        except Exception as error:
            self._error = error

    def result(self, seconds: float) -> Any:
        """What the call returned, or its error raised; TimeoutError when it has not returned in time."""
        self.join(seconds)
        if self.is_alive():
            raise TimeoutError
        if self._error is not None:
            raise self._error
        return self._result


class Closable(Protocol):
    """A client that may die while it is open."""

    @property
    def alive(self) -> bool:
        """Whether it still works."""

    def close(self) -> None:
        """Release what is left of it; may be called again."""


def register_client(client: Closable) -> None:
    """Let `close_dead_clients` know of a client."""
    _clients.add(client)


def close_dead_clients() -> None:
    """Close the registered clients that have died."""
    for client in list(_clients):
        if not client.alive:
            client.close()


_clients: weakref.WeakSet[Closable] = weakref.WeakSet()
