"""Messages for the player: English by themselves, in another language where they are displayed."""

import errno

import pytest

from engine.preset.instrument_name import InvalidName, check_name
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


@pytest.mark.parametrize("error", [OSError("no space left"), ValueError("{0} is odd"), RuntimeError()])
def test_other_errors_are_messages_as_they_are(error):
    assert str(of_error(error)) == str(error)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (OSError(errno.ENOSPC, "No space", "/music/bell.wav"), "bell.wav was not written: the disk is full"),
        (OSError(errno.ENOENT, "No such file", "bell.json", None, "gong.json"), "bell.json is not there any more"),
        (OSError(errno.EIO, "Input/output error", b"/music/{0}.wav"), "{0}.wav: Input/output error"),
        (OSError(errno.EBADF, "Bad file descriptor", 3), "Bad file descriptor"),
    ],
)  # fmt: skip
def test_errors_of_the_system_name_the_file_and_the_reason_without_a_number(error, words):
    assert str(of_error(error)) == words


def test_a_name_that_is_none_gives_a_reason_that_can_be_translated(tmp_path):
    with pytest.raises(InvalidName) as caught:
        check_name("Big Hall/2", tmp_path)
    message = of_error(caught.value)
    assert message.template in TEMPLATES
    assert message.format(message.template) == "Big Hall/2: a name may not contain /, which separates folders"


def test_every_template_has_placeholders_in_order():
    for template in TEMPLATES:
        assert template.format("a", "b") != template
