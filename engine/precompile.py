"""Compilation of the engine for this machine at the first start, into a cache for the next ones.

The parts that every instrument needs come first, then the kinds of instruments and the optional parts: to play one
kind the others need not be compiled.
"""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from engine.kernel import Callback, loaded_library
from engine.kinds import DEFAULT_KIND, KINDS
from engine.kinds.kind import load_member

POLL_SECONDS = 0.5  # between two looks whether the parent is there


def is_compiled(parts: Collection[str] | None = None) -> bool:
    """Whether parts of the engine, keys of PARTS, were compiled before, for these sources; all of them otherwise.

    A library of kernels of these very sources has them all.
    """
    library = loaded_library()
    return (library is not None and library.is_whole) or all(_marker(part).exists() for part in _selected(parts))


def compile_parts(parts: Collection[str] | None = None) -> Iterator[tuple[int, int, str]]:
    """Compile parts, all unless named, step by step: before each yield its number, their count, and its title.

    Ten to twenty seconds for a kind the first time, a fraction of a second after that. The last part is compiled by a
    second process meanwhile, and this one first compiles what AHEAD has of that part.
    """
    missing = [part for part in _selected(parts) if not _marker(part).exists()]
    child = _start_child(missing[-1]) if missing and (os.cpu_count() or 1) > 1 else None
    ahead = [("keys", AHEAD[part]) for part in missing[-1:] if part in AHEAD and child is not None]
    first = [*_COMMON[:-1], *ahead, _COMMON[-1]]
    total = len(first) + len(missing)
    for number, (title, job) in enumerate(first):
        yield number, total, title
        job()
    for number, part in enumerate(missing, len(first)):
        yield number, total, PARTS[part]
        if part == missing[-1] and child is not None:
            child.wait()
        JOBS[part]()
        _marker(part).parent.mkdir(parents=True, exist_ok=True)
        _marker(part).touch()


def list_texts() -> dict[str, Path]:
    """Compile all that plays, and keep its LLVM text: files by the names of functions in a library.

    Playing compiles the same functions where there is no library.
    """
    from engine.instruments.ddsp.decoder_entry import decoder_callback
    from engine.instruments.ddsp.decoder_requests import remote_decoder_callback
    from engine.kernel import callbacks, exported_kernels
    from engine.kernel.text import keep_kernel_text, keep_text
    from engine.simd.vectors import HAS_FLOAT16

    for _, job in _COMMON:
        job()
    for job in JOBS.values():
        job()
    for half in {False, HAS_FLOAT16}:
        decoder_callback(half)
    remote_decoder_callback()
    found = {each.symbol: keep_text(each, each.text_name) for each in callbacks}
    for kernel in exported_kernels:
        for number in range(len(kernel.exported)):
            found[f"{kernel.symbol}.{number}"] = keep_kernel_text(kernel, number)
    return found


def end_with_parent() -> None:
    """End this process once the one that started it has ended, even if that was killed."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(POLL_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _selected(parts: Collection[str] | None) -> list[str]:
    return [part for part in PARTS if parts is None or part in parts]


def _marker(part: str) -> Path:
    """The file in numba's cache folder that marks a part as compiled."""
    import numba  # noqa: F401 - its import sets the folder, see engine.kernel_cache

    return Path(os.environ["NUMBA_CACHE_DIR"]) / f"complete-{part}"


def _start_child(part: str) -> subprocess.Popen[bytes] | None:
    """A process that compiles a part into the cache; where it cannot be started, this process does it."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    code = f"from engine import precompile; precompile.end_with_parent(); precompile.JOBS[{part!r}]()"
    with contextlib.suppress(OSError):
        return subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    return None


def _callback() -> None:
    from .host import Host

    for each in device_callbacks():
        _ = each.address  # compiles it
    Host(48_000.0).play([])


def device_callbacks() -> list[Callback]:
    """The C functions that audio devices call; those of JACK where libjack is installed."""
    from . import portaudio_callback

    found = [portaudio_callback.callback]
    with contextlib.suppress(OSError):
        from engine.devices import jack_callback

        found += [each for each in vars(jack_callback).values() if isinstance(each, Callback)]
    return found


def _head() -> None:
    from engine.midi.interpreter import Interpreter
    from engine.plugin import entry

    entry(Interpreter())


def _tail() -> None:
    from engine.effects.audition import Audition
    from engine.effects.capture import Capture
    from engine.effects.limiter import Limiter
    from engine.effects.volume import Volume
    from engine.plugin import entry

    for plugin in (Audition(), Limiter(), Capture(), Volume()):
        entry(plugin)


def _room() -> None:
    from engine.effects.convolution_reverb import compile_all

    compile_all()


def _effects() -> None:
    from engine.effects import EFFECTS, ROOM, make
    from engine.effects.capture import MicrophoneCapture
    from engine.effects.latency_alignment import LatencyAlignment
    from engine.effects.send_return import BusReturn, BusSend
    from engine.midi.key_zones import KeyZones, Zone
    from engine.plugin import entry

    made, send = [make(name) for name in EFFECTS if name != ROOM], BusSend()
    buses = send, BusReturn(send), LatencyAlignment(send, made[0], made[1])
    for plugin in (*made, *buses, MicrophoneCapture(), KeyZones([Zone(made[0]), Zone(made[1])])):
        plugin.prepare(48_000.0)
        entry(plugin)


def _voice() -> None:
    from engine.plugin import entry
    from engine.voice.offline_tracking import track_recording
    from engine.voice.tracker_plugin import VoiceTracker

    entry(VoiceTracker())
    track_recording(np.zeros(48), 48_000.0)


def _foreign() -> None:
    from engine.foreign.callbacks import compile_all

    compile_all()


def _call(path: str) -> None:
    """Call the function at "module:function"."""
    load_member(path)()


_COMMON = (("the audio callback", _callback), ("keys and pedals", _head), ("the output", _tail))

_OPTIONAL = {
    "room": ("rooms", _room),
    "effects": ("effects", _effects),
    "voice": ("the ear for a voice", _voice),
    "foreign": ("foreign plugins", _foreign),
}
_KINDS = [*(kind for kind in KINDS.values() if kind is not DEFAULT_KIND), DEFAULT_KIND]

PARTS = {name: title for name, (title, _) in _OPTIONAL.items()}
PARTS |= {kind.name: kind.compile_label or kind.title.lower() for kind in _KINDS}
"""Parts that may be compiled or left out, with their titles: optional parts, and the kinds."""

JOBS: dict[str, Callable[[], None]] = {name: job for name, (_, job) in _OPTIONAL.items()}
JOBS |= {kind.name: partial(_call, kind.instrument.partition(":")[0] + ":compile_all") for kind in _KINDS}

AHEAD: dict[str, Callable[[], None]] = {
    kind.name: partial(_call, kind.compile_ahead) for kind in _KINDS if kind.compile_ahead
}
"""For some parts, a job that this process does while the child compiles the rest."""


def _main() -> None:
    for number, total, title in compile_parts():
        print(f"compiling {title} ({number + 1} of {total})", flush=True)


if __name__ == "__main__":
    _main()
