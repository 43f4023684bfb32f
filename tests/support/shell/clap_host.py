"""The host of tests/shell/clap_host.c."""

import ctypes
from ctypes import POINTER, c_char_p, c_double, c_int32, c_int64, c_uint32, c_uint64, c_void_p
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

MIDI, PARAM, NOTE_ON, NOTE_OFF, NOTE_CHOKE, EXPRESSION = range(6)
TUNING, BRIGHTNESS, PRESSURE = 2, 5, 6
MESSAGE = np.dtype([("frame", "i8"), ("type", "i4"), ("data", "i4", (3,)), ("value", "f8")], align=True)
TOLD = np.dtype([("id", "u4"), ("value", "f8")], align=True)
NO_VALUE = -1e300


class Descriptor(ctypes.Structure):
    """clap_descriptor"""

    _fields_ = [
        ("version", c_uint32 * 3),
        *(
            (name, c_char_p)
            for name in ("id", "name", "vendor", "url", "manual", "support", "release", "description")
        ),
        ("features", POINTER(c_char_p)),
    ]


class ParamInfo(ctypes.Structure):
    """clap_param_info"""

    _fields_ = [
        ("id", c_uint32), ("flags", c_uint32), ("cookie", c_void_p), ("name", ctypes.c_char * 256),
        ("module", ctypes.c_char * 1024), ("low", c_double), ("high", c_double), ("initial", c_double),
    ]  # fmt: skip


def midi_messages(events: np.ndarray) -> np.ndarray:
    """The messages of events of Kind.MIDI."""
    messages = np.zeros(len(events), MESSAGE)
    messages["frame"] = events["frame"]
    for i in range(3):
        messages["data"][:, i] = events["key"] >> 8 * i & 0xFF
    return messages


def message(frame: int, kind: int, first: int = 0, second: int = 0, third: int = 0, value: float = 0.0) -> np.void:
    """One message."""
    data = np.array((first, second, third), np.int64).astype(np.int32)  # an identifier has 32 bits without a sign
    return np.array((frame, kind, data, value), MESSAGE)[()]


@dataclass
class ClapHost:
    """Opens files of plugins."""

    c: Any

    def __post_init__(self) -> None:
        for name in ("open", "create"):
            getattr(self.c, f"host_{name}").restype = c_void_p
        self.c.host_descriptor.restype = POINTER(Descriptor)
        self.c.host_value.restype = self.c.host_parse.restype = c_double
        self.c.host_save.restype = c_int64
        for name in ("close", "descriptor", "create", "destroy", "deactivate", "reset", "rescans", "latency", "tail"):
            getattr(self.c, f"host_{name}").argtypes = [c_void_p]
        self.c.host_activate.argtypes = [c_void_p, c_double, c_uint32]
        self.c.host_play.argtypes = [
            c_void_p, c_void_p, c_int64, c_void_p, c_int32, c_void_p, c_void_p, c_int64,
        ]  # fmt: skip
        self.c.host_play_threads.argtypes = [c_void_p, c_int32, c_void_p, c_int64, c_void_p, c_int64]
        self.c.host_param.argtypes = [c_void_p, c_uint32, c_void_p]
        self.c.host_value.argtypes = [c_void_p, c_uint32]
        self.c.host_text.argtypes = [c_void_p, c_uint32, c_double, c_char_p, c_uint32]
        self.c.host_parse.argtypes = [c_void_p, c_uint32, c_char_p]
        self.c.host_told.argtypes = [c_void_p, c_void_p]
        self.c.host_ports.argtypes = [c_void_p, ctypes.c_int, ctypes.c_int]
        self.c.host_save.argtypes = self.c.host_load.argtypes = [c_void_p, c_void_p, c_uint64, c_uint64]

    def open(self, path: Path) -> "Module | None":
        """The plugins of a file; None if it has none."""
        address = self.c.host_open(str(path).encode())
        return Module(self.c, address) if address else None


@dataclass
class Module:
    """A file of plugins that is open."""

    c: Any
    address: int

    @property
    def descriptor(self) -> Descriptor:
        """That of its plugin."""
        return self.c.host_descriptor(self.address).contents

    def create(self, rate: float | None = None) -> "Player":
        """An instance, ready to play at a rate."""
        address = self.c.host_create(self.address)
        assert address
        player = Player(self.c, address)
        if rate is not None:
            assert self.c.host_activate(address, rate, 4096)
        return player

    def close(self) -> None:
        """Close the file."""
        self.c.host_close(self.address)


@dataclass
class Player:
    """An instance of a plugin."""

    c: Any
    address: int

    def play(
        self, messages: np.ndarray, frames: int, blocks: list[int], voice: np.ndarray | None = None
    ) -> np.ndarray:
        """The sound (2, frames) of messages in order of frame. voice: (2, frames)."""
        out, sizes = np.zeros((2, frames), np.float32), np.array(blocks, np.int32)
        messages = np.ascontiguousarray(messages)
        heard = None if voice is None else np.ascontiguousarray(voice, np.float32)
        address = None if heard is None else heard.ctypes.data
        ended = self.c.host_play(
            self.address, messages.ctypes.data, len(messages), sizes.ctypes.data, len(sizes), address,
            out.ctypes.data, frames,
        )  # fmt: skip
        assert ended == 1
        return out

    def params(self) -> dict[tuple[str, str], ParamInfo]:
        """The parameters by module and name."""
        found = {}
        for i in range(1000):
            info = ParamInfo()
            if not self.c.host_param(self.address, i, ctypes.byref(info)):
                break
            found[info.module.decode(), info.name.decode()] = info
        return found

    def value(self, param: ParamInfo) -> float:
        """The value of a parameter."""
        return float(self.c.host_value(self.address, param.id))

    def text(self, param: ParamInfo, value: float) -> str:
        """The text of a value."""
        text = ctypes.create_string_buffer(64)
        assert self.c.host_text(self.address, param.id, value, text, len(text))
        return text.value.decode()

    def parse(self, param: ParamInfo, text: str) -> float:
        """The value of a text."""
        return float(self.c.host_parse(self.address, param.id, text.encode()))

    def told(self) -> list[tuple[int, float]]:
        """Identifiers and values of the parameters that it has told the host of."""
        values = np.zeros(4096, TOLD)
        return values[: self.c.host_told(self.address, values.ctypes.data)].tolist()

    def save(self, piece: int = 1 << 20) -> bytes:
        """Its state, written in pieces."""
        data = np.zeros(1 << 16, np.uint8)
        size = self.c.host_save(self.address, data.ctypes.data, len(data), piece)
        assert size >= 0
        return data[:size].tobytes()

    def load(self, state: bytes, piece: int = 1 << 20) -> bool:
        """Read a state in pieces; whether it was taken."""
        data = np.frombuffer(state, np.uint8)
        return bool(self.c.host_load(self.address, data.ctypes.data, len(data), piece))

    def close(self) -> None:
        """Destroy the instance."""
        self.c.host_destroy(self.address)
