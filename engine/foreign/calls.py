"""Calls of the main thread into foreign plugins: which one is being made, and which plugins have not come back.

A thread that hangs in a plugin cannot be ended. What hung is not opened again by this process, since its code may
hold locks of its own.
"""

import functools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from engine.plugin.external import PluginError

_Method = TypeVar("_Method", bound=Callable[..., Any])


@dataclass(frozen=True)
class Call:
    """A call into a plugin; source: what opened it. start: monotonic time in s."""

    source: str
    title: str
    start: float


_calls: dict[int, Call] = {}  # the outermost one of each thread
_hung: dict[str, str] = {}  # titles by sources


@contextmanager
def within(source: str, title: str) -> Iterator[None]:
    """[main thread] Call a plugin; a call within a call belongs to that."""
    thread = threading.get_ident()
    if thread in _calls:
        yield
        return
    _calls[thread] = Call(source, title, time.monotonic())
    try:
        yield
    finally:
        del _calls[thread]


def watched(method: _Method) -> _Method:
    """Decorate a method of a plugin, with a `source` and a `name`, that calls it."""

    @functools.wraps(method)
    def called(plugin: Any, *arguments: Any, **options: Any) -> Any:
        with within(plugin.source, plugin.name):
            return method(plugin, *arguments, **options)

    return cast(_Method, called)


def current(thread: int | None) -> Call | None:
    """[any thread] The call that a thread is making."""
    return _calls.get(thread or 0)


def refuse(source: str, title: str) -> None:
    """[any thread] A plugin hangs: it is not opened again."""
    _hung[source] = title


def accept(source: str) -> None:
    """[any thread] Open a plugin again that hung: it has come back."""
    _hung.pop(source, None)


def check(source: str) -> None:
    """PluginError for a plugin that hung."""
    if source in _hung:
        raise PluginError(
            f"{_hung[source]} does not come back and is left out: its place and what it has saved are kept; "
            "start Luthier anew to try it again"
        )
