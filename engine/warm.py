"""The first start compiles the engine for this machine; the next ones find it done."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

MARK = "complete"  # a file in numba's cache folder, once all is compiled


def is_warm() -> bool:
    """Whether everything that plays was compiled before, for these sources."""
    return _mark().exists()


def warm() -> Iterator[tuple[int, int, str]]:
    """Compile what plays, step by step: before each step its number, how many there are, and what it is.

    Some ten or twenty seconds the first time, a part of a second when it was done before. What takes longest is
    compiled by a second process meanwhile.
    """
    jobs = [
        ("the audio callback", _callback),
        ("keys and pedals", _head),
        ("the output", _tail),
        ("rooms", _room),
        ("the ear for a voice", _voice),
        ("decoded instruments", _ddsp),
        ("networks", _ssm),
        ("events", _events),
        ("resonance instruments", _resonance),
    ]
    helper = _helper() if (os.cpu_count() or 1) > 1 and not is_warm() else None
    for number, (name, job) in enumerate(jobs):
        yield number, len(jobs), name
        if job is _resonance and helper is not None:
            helper.wait()
        job()
    _mark().parent.mkdir(parents=True, exist_ok=True)
    _mark().touch()


def _mark() -> Path:
    return Path(os.environ["NUMBA_CACHE_DIR"]) / MARK


def _helper() -> subprocess.Popen[bytes] | None:
    """A process that fills the cache with the last job; that job finds it there, or does it after all."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    code = f"import engine.warm; engine.warm.{_resonance.__name__}()"
    with contextlib.suppress(OSError):
        return subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    return None


def _callback() -> None:
    from . import callback  # noqa: F401 - a callback is compiled where it is defined
    from .host import Host

    with contextlib.suppress(OSError):  # without libjack it is never called
        from . import jack_callback  # noqa: F401 - as above
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


def _room() -> None:
    from .effects.room import compile_all

    compile_all()


def _voice() -> None:
    from .listening import follow
    from .plugin import entry
    from .sources.voice import Voice

    entry(Voice())
    follow(np.zeros(48), 48_000.0)


def _ddsp() -> None:
    from .instruments.ddsp import compile_all

    compile_all()


def _ssm() -> None:
    from .instruments.ssm import compile_all

    compile_all()


def _events() -> None:
    from .instruments.events import compile_all

    compile_all()


def _resonance() -> None:
    from .instruments.resonance import compile_all

    compile_all()
