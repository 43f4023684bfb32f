"""Texts of MIDI messages."""

import pytest

from engine.events import midi
from gui.panels.midi_message_text import describe_message


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (midi(0x90, 69, 90), "1: note A4 on, 90"),
        (midi(0x9F, 60, 0), "16: note C4 off"),
        (midi(0x89, 60, 64), "10: note C4 off"),
        (midi(0xA0, 60, 5), "1: pressure of C4: 5"),
        (midi(0xB1, 21, 3), "2: CC 21: 3"),
        (midi(0xC0, 5), "1: program 6"),
        (midi(0xD0, 5), "1: pressure 5"),
        (midi(0xE0, 0, 0), "1: bend -8192"),
        (midi(0xE0, 127, 127), "1: bend +8191"),
    ],
)
def test_a_message_is_described_by_channel_kind_and_values(message, text):
    assert describe_message(message) == text
