"""MIDI messages in words, for the status bar."""

from PyQt6.QtCore import QCoreApplication

from engine.pitch_and_frequency import note_name

translate = QCoreApplication.translate


def describe_message(message: int) -> str:
    """What a message of a channel says, such as "1: note A4 on, 90"; status | first << 8 | second << 16."""
    status, first, second = message & 0xFF, message >> 8 & 0x7F, message >> 16 & 0x7F
    kind, note = status & 0xF0, note_name(first)
    if kind == 0x90 and second:
        text = translate("MidiMessage", "note {0} on, {1}").format(note, second)
    elif kind in (0x80, 0x90):
        text = translate("MidiMessage", "note {0} off").format(note)
    elif kind == 0xA0:
        text = translate("MidiMessage", "pressure of {0}: {1}").format(note, second)
    elif kind == 0xB0:
        text = f"CC {first}: {second}"
    elif kind == 0xC0:
        text = translate("MidiMessage", "program {0}").format(first + 1)
    elif kind == 0xD0:
        text = translate("MidiMessage", "pressure {0}").format(first)
    else:
        text = translate("MidiMessage", "bend {0}").format(f"{(second << 7 | first) - 8192:+d}")
    return f"{(status & 0x0F) + 1}: {text}"
