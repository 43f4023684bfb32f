"""[audio thread] The callbacks of a JACK server; can be imported where libjack is installed.

MIDI comes with the block it belongs to, each message at its frame, so that the delay from key to sound is constant.
"""

from typing import Any

import jack
import numpy as np

from engine.block import DEVICE_RING, HOST, advance
from engine.events import Kind
from engine.float_mode import flush_denormals, set_float_mode
from engine.kernel import ExternalFunction, carray, cfunc, njit, types
from engine.plugin import MAX_BLOCK_FRAMES
from engine.pointers import pointer, view_f4, view_u1
from engine.ring import push

PORTS = np.dtype(
    [
        ("host", "u8"),  # address of the HOST record
        ("client", "u8"),
        ("left", "u8"),  # ports of the client
        ("right", "u8"),
        ("microphone", "u8"),  # 0: none
        ("midi", "u8"),
        ("message", "u8", (3,)),  # a jack_midi_event_t: frame, size, address of its bytes
        ("next", "i8"),  # the expected next frame of JACK's 32-bit counter; -1: any
        ("missed", "i8"),  # frames that the server processed without this client
        ("refused", "i8"),  # incomplete MIDI messages
        ("rate", "i8"),  # Hz, as last reported by the server
        ("disconnected", "i8"),  # 1: the server has disconnected the client
    ],
    align=True,
)


def bind(name: str, signature: str) -> ExternalFunction:
    """A function of libjack for compiled code; pointers are passed as addresses."""
    return ExternalFunction(name, signature, address(jack._ffi.addressof(jack._lib, name)))


def address(pointer: Any) -> int:
    """The address that a pointer of libjack holds."""
    return int(jack._ffi.cast("uintptr_t", pointer))


port_get_buffer = bind("jack_port_get_buffer", "uintp(uintp, uint32)")
_midi_get_event_count = bind("jack_midi_get_event_count", "uint32(uintp)")
_midi_event_get = bind("jack_midi_event_get", "intc(CPointer(uint64), uintp, uint32)")
last_frame_time = bind("jack_last_frame_time", "uint32(uintp)")


@njit(cache=True, error_model="numpy")
def count_missed(ports, frames):
    """Count the frames that the server processed without this client since the last block."""
    cycle = types.int64(last_frame_time(ports.client))
    gap = (cycle - ports.next) & 0xFFFFFFFF
    if ports.next >= 0 and gap < 1 << 31:
        ports.missed += gap
    ports.next = cycle + frames


@njit(cache=True, error_model="numpy")
def read_midi(ports, host, frames):
    """Push this block's messages into the ring of the MIDI port, at their frames."""
    buffer = port_get_buffer(ports.midi, frames)
    for i in range(_midi_get_event_count(buffer)):
        if _midi_event_get(ports.message.ctypes, buffer, types.uint32(i)) != 0:
            continue
        data = view_u1(ports.message[2], types.intp(ports.message[1]))
        if is_complete(data):
            key = types.int64(data[0]) | types.int64(data[1]) << 8
            if data.shape[0] == 3:
                key |= types.int64(data[2]) << 16
            at = host.frame + types.int64(ports.message[0] & 0xFFFFFFFF)
            message = host.events[0]  # free until `advance` fills it
            message.frame = at
            message.target = 0
            message.kind = Kind.MIDI
            message.key = key
            push(host.queues[DEVICE_RING], host.cursors[DEVICE_RING], message)
        elif data.shape[0] and data[0] < 0xF0:
            ports.refused += 1


@njit(cache=True, error_model="numpy")
def is_complete(data):
    """Whether bytes are one complete channel message; system messages are not handled."""
    if data.shape[0] < 2 or not 0x80 <= data[0] < 0xF0 or data[1] > 0x7F:
        return False
    if 0xC0 <= data[0] < 0xE0:
        return data.shape[0] == 2
    return data.shape[0] == 3 and data[2] <= 0x7F


@njit(cache=True, error_model="numpy")
def read_microphone(ports, host, frames, start, n):
    """Copy n frames of the microphone from `start` on to both channels; silence without one."""
    port = ports.microphone
    if port:
        sound = view_f4(port_get_buffer(port, frames), types.intp(frames))
        for t in range(n):
            host.input[t] = sound[start + t]
            host.input[n + t] = sound[start + t]
    else:
        for t in range(2 * n):
            host.input[t] = np.float32(0)


@cfunc("intc(uint32, voidptr)", cache=True, error_model="numpy")
def process(frames, user):
    """Read the messages of this block and fill its two ports, whatever its size."""
    ports = carray(user, 1, PORTS)[0]
    host = carray(pointer(ports.host), 1, HOST)[0]
    mode = flush_denormals()
    host.block = frames
    count_missed(ports, frames)
    read_midi(ports, host, frames)
    left = view_f4(port_get_buffer(ports.left, frames), types.intp(frames))
    right = view_f4(port_get_buffer(ports.right, frames), types.intp(frames))
    gain = np.float32(0.5 if host.outputs == 1 else 1.0)  # one speaker gets both ports: their mean
    start = 0
    while start < left.shape[0]:
        n = min(left.shape[0] - start, MAX_BLOCK_FRAMES)
        if host.listens:
            read_microphone(ports, host, frames, start, n)
        advance(host, n)
        for t in range(n):
            left[start + t] = gain * host.mix[t]
            right[start + t] = gain * host.mix[n + t]
        start += n
    set_float_mode(np.int32(mode))
    return 0


@cfunc("intc(voidptr)", cache=True, error_model="numpy")
def count_xrun(user):
    """Count an under-run of the server."""
    ports = carray(user, 1, PORTS)[0]
    host = carray(pointer(ports.host), 1, HOST)[0]
    host.xruns += 1
    return 0


@cfunc("intc(uint32, voidptr)", cache=True, error_model="numpy")
def set_block(frames, user):
    """Store a new block size for display; `process` works with any."""
    ports = carray(user, 1, PORTS)[0]
    host = carray(pointer(ports.host), 1, HOST)[0]
    host.block = frames
    return 0


@cfunc("intc(uint32, voidptr)", cache=True, error_model="numpy")
def set_rate(rate, user):
    """Store a new rate: the main thread opens the device again."""
    carray(user, 1, PORTS)[0].rate = rate
    return 0


@cfunc("void(intc, voidptr, voidptr)", cache=True, error_model="numpy")
def shut_down(_code, _reason, user):
    """Mark the client as disconnected by the server."""
    carray(user, 1, PORTS)[0].disconnected = 1


@cfunc("void(voidptr)", cache=True, error_model="numpy")
def ignore_message(_message):
    """Keep libjack from writing to the terminal."""
