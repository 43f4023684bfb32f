"""Work that may never come back: a server that has died may hold whoever speaks to it for good."""

import threading
from collections.abc import Callable
from typing import Any


class Errand(threading.Thread):
    """Work on a thread of its own, for which nobody has to wait."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__(daemon=True, name="luthier errand")
        self._work = work
        self._result: Any = None
        self._error: Exception | None = None
        self.start()

    def run(self) -> None:
        """Do the work."""
        try:
            self._result = self._work()
        except Exception as error:
            self._error = error

    def result(self, seconds: float) -> Any:
        """What the work gave, or its error; TimeoutError when it is not back in time."""
        self.join(seconds)
        if self.is_alive():
            raise TimeoutError
        if self._error is not None:
            raise self._error
        return self._result
