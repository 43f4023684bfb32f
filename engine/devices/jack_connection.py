"""Connection to a JACK or PipeWire server, made without messages on the terminal and with a timeout.

Importing this raises OSError where libjack is not installed.
"""

import contextlib
import os
from collections.abc import Iterator

import cffi
import jack

from .backend import DeviceRequest, NoDeviceError
from .background_call import BackgroundCall
from .client_registry import close_dead_clients
from .jack_callback import ignore_message

MAX_ANSWER_SECONDS = 2.0

_opening: BackgroundCall | None = None


def connect(name: str, request: DeviceRequest | None = None) -> jack.Client:
    """A new client; NoDeviceError when no server answers in time."""
    global _opening
    close_dead_clients()
    if request is not None and request.block:
        os.environ["PIPEWIRE_LATENCY"] = f"{request.block}/{request.rate or 48000:.0f}"
    if _opening is None:
        _opening = BackgroundCall(lambda: jack.Client(name, no_start_server=True))
    try:
        client = _opening.result(MAX_ANSWER_SECONDS)
    except TimeoutError:
        raise NoDeviceError("the JACK server does not answer") from None
    except jack.JackOpenError:
        client = None
    _opening = None
    if client is None:
        raise NoDeviceError("no JACK server is running")
    return client


@contextlib.contextmanager
def open_client() -> Iterator[jack.Client]:
    """A client that plays nothing, for queries; NoDeviceError when no server answers."""
    client = connect("luthier-visitor")
    try:
        yield client
    finally:
        client.close()


def latency(port: jack.OwnPort, mode: int) -> int:
    """Frames between a port and the hardware, at most. mode: 0 from a microphone, 1 to a speaker."""
    span = _ffi.new("jack_latency_range_t*")
    _libjack.jack_port_get_latency_range(_ffi.cast("void*", port._ptr), mode, span)
    return int(span.max)


_silent = jack._ffi.cast("void (*)(const char *)", ignore_message.address)
jack._lib.jack_set_error_function(_silent)
jack._lib.jack_set_info_function(_silent)
_ffi = cffi.FFI()  # for what JACK-Client leaves out
_ffi.cdef("""
    typedef struct { uint32_t min; uint32_t max; } jack_latency_range_t;
    void jack_port_get_latency_range(void *port, int mode, jack_latency_range_t *range);
""")
_libjack = _ffi.dlopen(jack._libname)
