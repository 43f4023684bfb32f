"""Call of a server or a device in a thread of its own: one that no longer responds may block its caller for ever."""

import threading
from collections.abc import Callable
from typing import Any


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
