"""Getting to know a JACK or PipeWire server, or that there is none: quietly, and without ever hanging.

Importing this raises OSError where libjack is not installed.
"""

import contextlib
import os
from collections.abc import Iterator

import cffi
import jack

from .backend import NoDevice, Settings
from .background_call import Errand
from .jack_callback import say_nothing
from .watchdog import bury

PATIENCE = 2.0  # seconds that a server may take to answer

_opening: Errand | None = None


def connect(name: str, settings: Settings | None = None) -> jack.Client:
    """A new client; NoDevice when no server answers in time."""
    global _opening
    bury()
    if settings is not None and settings.block:
        os.environ["PIPEWIRE_LATENCY"] = f"{settings.block}/{settings.rate or 48000:.0f}"
    if _opening is None:
        _opening = Errand(lambda: jack.Client(name, no_start_server=True))
    try:
        client = _opening.result(PATIENCE)
    except TimeoutError:
        raise NoDevice("the JACK server does not answer") from None
    except jack.JackOpenError:
        client = None
    _opening = None
    if client is None:
        raise NoDevice("no JACK server is running")
    return client


@contextlib.contextmanager
def visit() -> Iterator[jack.Client]:
    """A client that plays nothing, to look around; NoDevice when no server answers."""
    client = connect("luthier-visitor")
    try:
        yield client
    finally:
        client.close()


def latency(port: jack.OwnPort, mode: int) -> int:
    """Frames between a port and the world, at most. mode: 0 from a microphone, 1 to a speaker."""
    span = _ffi.new("jack_latency_range_t*")
    _libjack.jack_port_get_latency_range(_ffi.cast("void*", port._ptr), mode, span)
    return int(span.max)


_silent = jack._ffi.cast("void (*)(const char *)", say_nothing.address)
jack._lib.jack_set_error_function(_silent)
jack._lib.jack_set_info_function(_silent)
_ffi = cffi.FFI()  # for what JACK-Client leaves out
_ffi.cdef("""
    typedef struct { uint32_t min; uint32_t max; } jack_latency_range_t;
    void jack_port_get_latency_range(void *port, int mode, jack_latency_range_t *range);
""")
_libjack = _ffi.dlopen(jack._libname)
