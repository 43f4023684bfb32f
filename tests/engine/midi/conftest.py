"""Fixtures of the MIDI tests."""

import pytest

from tests.engine.midi.midi_rig import Keyboard


@pytest.fixture
def keyboard():
    return Keyboard()
