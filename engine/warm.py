"""The first start compiles the engine for this machine; the next ones find it done."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

MARK = "complete"  # a file in numba's cache folder, once all is compiled


def is_warm() -> bool:
    """Whether everything that plays was compiled before, for these sources."""
    return _mark().exists()


def warm() -> Iterator[tuple[int, int, str]]:
    """Compile what plays, step by step: before each step its number, how many there are, and what it is.

    Some twenty seconds the first time, a part of a second when it was done before.
    """
    jobs = [
        ("the audio callback", _callback),
        ("keys and pedals", _head),
        ("the output", _tail),
        ("resonance instruments", _resonance),
    ]
    for number, (name, job) in enumerate(jobs):
        yield number, len(jobs), name
        job()
    _mark().parent.mkdir(parents=True, exist_ok=True)
    _mark().touch()


def _mark() -> Path:
    return Path(os.environ["NUMBA_CACHE_DIR"]) / MARK


def _callback() -> None:
    from . import callback  # noqa: F401 - a callback is compiled where it is defined
    from .host import Host

    with contextlib.suppress(OSError):  # without libjack it is never called
        from . import jack_callback  # noqa: F401
    Host(48_000.0).play([])


def _head() -> None:
    from .plugin import entry
    from .sources.midi import Interpreter

    entry(Interpreter())


def _tail() -> None:
    from .effects.limiter import Limiter
    from .effects.tape import Tape
    from .effects.volume import Volume
    from .plugin import entry

    for plugin in (Limiter(), Tape(), Volume()):
        entry(plugin)


def _resonance() -> None:
    from .instruments.resonance import compile_all

    compile_all()
