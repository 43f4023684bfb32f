"""Messages for the player: English by themselves, in another language where they are displayed."""

import pytest

from engine.preset.preset_file import PresetError
from session.translatable_message import NAME_TAKEN, TEMPLATES, Message, of_error


def test_a_message_is_english_and_can_be_filled_into_a_translated_template():
    message = Message(NAME_TAKEN, "gong")
    assert str(message) == "There is an instrument called gong already"
    assert message.format("Es gibt schon ein Instrument namens {0}") == "Es gibt schon ein Instrument namens gong"


def test_an_error_keeps_the_message_it_was_raised_with():
    message = Message(NAME_TAKEN, "gong")
    assert of_error(PresetError(message)) is message
    assert str(PresetError(message)) == str(message)


@pytest.mark.parametrize("error", [OSError(28, "No space left"), ValueError("{0} is odd"), RuntimeError()])
def test_other_errors_are_messages_as_they_are(error):
    assert str(of_error(error)) == str(error)


def test_every_template_has_placeholders_in_order():
    for template in TEMPLATES:
        assert template.format("a", "b") != template
