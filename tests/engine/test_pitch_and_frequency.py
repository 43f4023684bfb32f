"""Frequencies, pitches and note names against known ones, and the compiled twins against numpy."""

import numpy as np
import pytest

from engine.dsp import pitch_units
from engine.pitch_and_frequency import cents_of, frequency_of, note_name, parse_note, pitch_of


@pytest.mark.parametrize(("pitch", "frequency"), [(69, 440.0), (57, 220.0), (60, 261.6255653), (21, 27.5)])
def test_known_pitches_have_their_frequencies(pitch, frequency):
    assert frequency_of(pitch) == pytest.approx(frequency)
    assert pitch_of(frequency) == pytest.approx(pitch)
    assert frequency_of(pitch, a4=432.0) == pytest.approx(frequency * 432 / 440)


def test_arrays_are_converted_as_scalars_are():
    pitches = np.arange(128) + 0.25
    np.testing.assert_allclose(frequency_of(pitches), [frequency_of(float(pitch)) for pitch in pitches])
    np.testing.assert_allclose(pitch_of(frequency_of(pitches)), pitches)


def test_compiled_conversions_agree_with_numpy():
    for pitch in np.linspace(0, 127, 50):
        assert pitch_units.frequency_of(pitch) == pytest.approx(frequency_of(float(pitch)), rel=1e-14)
        assert pitch_units.pitch_of(frequency_of(float(pitch))) == pytest.approx(pitch, abs=1e-10)


def test_an_octave_has_1200_cents_as_scalar_and_in_an_array():
    assert (cents_of(2.0), cents_of(1.0), cents_of(0.25)) == (1200, 0, -2400)
    np.testing.assert_array_equal(cents_of(np.array([[2.0, 0.5], [1.0, 8.0]])), [[1200, -1200], [0, 3600]])


def test_every_key_is_found_again_by_its_name():
    assert (note_name(60), note_name(58), note_name(0)) == ("C4", "A♯3", "C-1")
    assert [parse_note(note_name(key)) for key in range(128)] == list(range(128))
    assert (parse_note("eb4"), parse_note("Fs3"), parse_note("B♭2")) == (63, 54, 46)
    for wrong in ("", "H4", "C", "4", "C4x"):
        with pytest.raises(ValueError, match="is no note"):
            parse_note(wrong)
