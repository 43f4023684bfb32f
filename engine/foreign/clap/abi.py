"""[main thread] The binary interface of CLAP 1.2, as far as it is called by Python, from its published specification.

What the audio thread reads and writes is in `state`.
"""

import ctypes
from ctypes import CFUNCTYPE, POINTER, Structure, c_bool, c_char_p, c_double, c_int64, c_uint32, c_uint64, c_void_p

VERSION = (1, 2, 2)
ENTRY_SYMBOL = "clap_entry"
FACTORY_ID = b"clap.plugin-factory"
CLAP_DIALECT, MIDI_DIALECT, MPE_DIALECT = 1, 2, 4
STEPPED, HIDDEN, READ_ONLY = 1 << 0, 1 << 2, 1 << 3  # flags of a parameter
NAME_BYTES, MODULE_BYTES = 256, 1024

_Getter = CFUNCTYPE(c_uint32, c_void_p)


class Version(Structure):
    """clap_version."""

    _fields_ = [("numbers", c_uint32 * 3)]


class Descriptor(Structure):
    """clap_plugin_descriptor."""

    _fields_ = [
        ("version", Version), ("id", c_char_p), ("name", c_char_p), ("vendor", c_char_p), ("url", c_char_p),
        ("manual_url", c_char_p), ("support_url", c_char_p), ("release", c_char_p), ("description", c_char_p),
        ("features", POINTER(c_char_p)),
    ]  # fmt: skip


class HostStruct(Structure):
    """clap_host; the functions are addresses."""

    _fields_ = [
        ("version", Version), ("data", c_void_p), ("name", c_char_p), ("vendor", c_char_p), ("url", c_char_p),
        ("release", c_char_p), ("get_extension", c_void_p), ("request_restart", c_void_p),
        ("request_process", c_void_p), ("request_callback", c_void_p),
    ]  # fmt: skip


class PluginStruct(Structure):
    """clap_plugin."""

    _fields_ = [
        ("descriptor", POINTER(Descriptor)), ("data", c_void_p),
        ("init", CFUNCTYPE(c_bool, c_void_p)), ("destroy", CFUNCTYPE(None, c_void_p)),
        ("activate", CFUNCTYPE(c_bool, c_void_p, c_double, c_uint32, c_uint32)),
        ("deactivate", CFUNCTYPE(None, c_void_p)), ("start_processing", CFUNCTYPE(c_bool, c_void_p)),
        ("stop_processing", CFUNCTYPE(None, c_void_p)), ("reset", CFUNCTYPE(None, c_void_p)), ("process", c_void_p),
        ("get_extension", CFUNCTYPE(c_void_p, c_void_p, c_char_p)), ("on_main_thread", CFUNCTYPE(None, c_void_p)),
    ]  # fmt: skip


class Factory(Structure):
    """clap_plugin_factory."""

    _fields_ = [
        ("count", _Getter), ("descriptor", CFUNCTYPE(POINTER(Descriptor), c_void_p, c_uint32)),
        ("create", CFUNCTYPE(POINTER(PluginStruct), c_void_p, c_void_p, c_char_p)),
    ]  # fmt: skip


class Entry(Structure):
    """clap_plugin_entry."""

    _fields_ = [
        ("version", Version), ("init", CFUNCTYPE(c_bool, c_char_p)), ("deinit", CFUNCTYPE(None)),
        ("get_factory", CFUNCTYPE(c_void_p, c_char_p)),
    ]  # fmt: skip


class AudioPortInfo(Structure):
    """clap_audio_port_info."""

    _fields_ = [
        ("id", c_uint32), ("name", ctypes.c_char * NAME_BYTES), ("flags", c_uint32), ("channel_count", c_uint32),
        ("type", c_char_p), ("in_place_pair", c_uint32),
    ]  # fmt: skip


class NotePortInfo(Structure):
    """clap_note_port_info."""

    _fields_ = [
        ("id", c_uint32), ("dialects", c_uint32), ("preferred", c_uint32), ("name", ctypes.c_char * NAME_BYTES),
    ]  # fmt: skip


class Ports(Structure):
    """clap_plugin_audio_ports and clap_plugin_note_ports."""

    _fields_ = [
        ("count", CFUNCTYPE(c_uint32, c_void_p, c_bool)),
        ("get", CFUNCTYPE(c_bool, c_void_p, c_uint32, c_bool, c_void_p)),
    ]  # fmt: skip


class ParamInfo(Structure):
    """clap_param_info."""

    _fields_ = [
        ("id", c_uint32), ("flags", c_uint32), ("cookie", c_void_p), ("name", ctypes.c_char * NAME_BYTES),
        ("module", ctypes.c_char * MODULE_BYTES), ("low", c_double), ("high", c_double), ("default", c_double),
    ]  # fmt: skip


class Params(Structure):
    """clap_plugin_params."""

    _fields_ = [
        ("count", _Getter), ("info", CFUNCTYPE(c_bool, c_void_p, c_uint32, c_void_p)),
        ("value", CFUNCTYPE(c_bool, c_void_p, c_uint32, c_void_p)),
        ("value_to_text", CFUNCTYPE(c_bool, c_void_p, c_uint32, c_double, c_void_p, c_uint32)),
        ("text_to_value", CFUNCTYPE(c_bool, c_void_p, c_uint32, c_char_p, c_void_p)),
        ("flush", CFUNCTYPE(None, c_void_p, c_void_p, c_void_p)),
    ]  # fmt: skip


class Stream(Structure):
    """clap_istream and clap_ostream."""

    _fields_ = [("context", c_void_p), ("function", c_void_p)]


StreamFunction = CFUNCTYPE(c_int64, c_void_p, c_void_p, c_uint64)


class State(Structure):
    """clap_plugin_state."""

    _fields_ = [
        ("save", CFUNCTYPE(c_bool, c_void_p, c_void_p)), ("load", CFUNCTYPE(c_bool, c_void_p, c_void_p)),
    ]  # fmt: skip


class FrameCount(Structure):
    """clap_plugin_latency and clap_plugin_tail."""

    _fields_ = [("get", _Getter)]


class TimerSupport(Structure):
    """clap_plugin_timer_support."""

    _fields_ = [("on_timer", CFUNCTYPE(None, c_void_p, c_uint32))]


def text_of(raw: bytes | None) -> str:
    """Text of a plugin, on one line."""
    return " ".join((raw or b"").decode("utf-8", "replace").split())
