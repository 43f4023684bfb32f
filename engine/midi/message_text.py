"""MIDI messages as text, for a monitor."""

from engine.pitch_and_frequency import note_name

_CONTROLLERS = {
    1: "modulation",
    2: "breath",
    7: "volume",
    10: "pan",
    11: "expression",
    64: "sustain",
    66: "sostenuto",
    67: "soft",
}
_SYSTEM = {
    0xF0: "master tuning",
    0xF8: "clock",
    0xFA: "start",
    0xFB: "continue",
    0xFC: "stop",
    0xFE: "active sensing",
    0xFF: "reset",
}


def describe_message(message: int) -> str:
    """What a message says in a few words, such as "1: note A4 on, 90"; status | first << 8 | second << 16."""
    status, first, second = message & 0xFF, message >> 8 & 0x7F, message >> 16 & 0x7F
    if status >= 0xF0:
        return _SYSTEM.get(status, f"system {status:X}")
    texts = {
        0x80: f"note {note_name(first)} off",
        0x90: f"note {note_name(first)} on, {second}" if second else f"note {note_name(first)} off",
        0xA0: f"pressure of {note_name(first)} {second}",
        0xB0: f"CC {first}{f' ({_CONTROLLERS[first]})' if first in _CONTROLLERS else ''} {second}",
        0xC0: f"program {first + 1}",
        0xD0: f"pressure {first}",
        0xE0: f"bend {(second << 7 | first) - 8192:+d}",
    }
    return f"{(status & 0x0F) + 1}: {texts[status & 0xF0]}"
