"""Watch for plugins that hang: the audio thread, or the engine thread, does not come back from one."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.foreign import calls

if TYPE_CHECKING:
    from engine.host import Host

WATCH_SECONDS = 0.1  # between two looks
MAX_LOOKS = 12  # in a row at the same block, until it counts as hung: a machine that was stopped has had none
SLOW_SECONDS = 2.0  # of a call of the engine thread, after which the player is told
MAX_CALL_SECONDS = 20.0  # of one, as of a scan


@dataclass(frozen=True)
class Hang:
    """A plugin that hangs; source: what opened it."""

    source: str
    title: str


class HangWatch:
    """[any thread, always the same] Looks at a host and at the thread that opens its plugins; `look` often."""

    def __init__(self) -> None:
        self._block = (-1, "")  # its first frame, and the plugin that the audio thread was in
        self._looks = 0
        self._looked_at = 0.0  # s, monotonic
        self._told: calls.Call | None = None

    def look(self, host: "Host | None", thread: int | None) -> Hang | None:
        """What hangs: in a block of the host, or in a call of the thread with this identifier."""
        now = time.monotonic()
        if now - self._looked_at < WATCH_SECONDS:
            return None
        self._looked_at = now
        call = calls.current(thread)
        if call is not None and now - call.start > MAX_CALL_SECONDS:
            return Hang(call.source, call.title)
        plugin = host.busy_plugin if host is not None else None
        if host is None or plugin is None:
            self._looks = 0
            return None
        block = host.frame, plugin.source
        self._looks = self._looks + 1 if block == self._block else 0
        self._block = block
        return Hang(plugin.source, plugin.name) if self._looks >= MAX_LOOKS else None

    def slow_call(self, thread: int | None) -> str:
        """The title of a plugin that the thread has been waiting for; once for each call."""
        call = calls.current(thread)
        if call is None or call == self._told or time.monotonic() - call.start < SLOW_SECONDS:
            return ""
        self._told = call
        return call.title
