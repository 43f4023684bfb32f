"""What is heard has the last word on names: for a whole set once, then for single recordings."""

from engine.pitch_and_frequency import frequency_of
from train.note_names.name_reader import read_names
from train.note_names.sound_check import HeardPitch, check_keys

SCALE = ["C", "D", "E", "F", "G", "A", "B"]


def _heard(key, clarity=0.8, support=None):
    return HeardPitch(frequency_of(key), clarity, True, support or {})


def _checked(names, keys, **how):
    checked, messages = check_keys(read_names(names), [_heard(key, **how) for key in keys])
    return [one.key for one in checked], [one.message for one in checked if one.message], messages


def test_a_set_named_an_octave_low_is_recognised_and_told_once():
    keys = [60, 62, 64, 65, 67, 69, 71]
    found, single, whole = _checked([f"harp_{letter}3.wav" for letter in SCALE], keys)
    assert (found, single) == (keys, [])
    assert len(whole) == 1
    assert "an octave lower" in whole[0]
    assert "harp_C3.wav, C3 by its name, sounds like C4" in whole[0]


def test_a_set_named_an_octave_high_is_recognised():
    keys = [48, 50, 52]
    found, single, whole = _checked(["harp_C4.wav", "harp_D4.wav", "harp_E4.wav"], keys)
    assert (found, single, len(whole)) == (keys, [], 1)
    assert "an octave higher" in whole[0]


def test_one_name_that_is_wrong_is_told_by_itself():
    found, single, whole = _checked(["x_C4.wav", "x_D4.wav", "x_E4.wav", "x_F4.wav"], [60, 62, 64, 77])
    assert (found, whole) == ([60, 62, 64, 77], [])
    assert len(single) == 1
    assert "x_F4.wav sounds like F5" in single[0]


def test_a_set_for_a_transposing_instrument_is_told_once():
    found, single, whole = _checked([f"trumpet_{letter}4.wav" for letter in SCALE], [58, 60, 62, 63, 65, 67, 69])
    assert (found[0], single) == (58, [])
    assert "2 semitones higher" in whole[0]


def test_a_name_that_the_partials_fit_is_believed():
    found, single, whole = _checked(["x_C4.wav", "x_D4.wav"], [72, 62], support={60: 0.7})
    assert (found, whole) == ([60, 62], [])
    assert "its name is believed" in single[0]


def test_an_unclear_recording_that_sounds_otherwise_is_left_out():
    found, single, _ = _checked(["x_C4.wav"], [66], clarity=0.25)
    assert found == [None]
    assert "left out" in single[0]


def test_an_unclear_recording_of_a_set_that_is_right_is_believed():
    notes = read_names([f"x_{letter}4.wav" for letter in SCALE])
    heard = [_heard(key) for key in (60, 62, 64, 65, 67, 69)] + [_heard(80, clarity=0.25)]
    checked, _ = check_keys(notes, heard)
    assert checked[-1].key == 71
    assert "its name is believed" in checked[-1].message


def test_a_low_note_of_which_only_partials_are_heard_is_believed_without_a_word():
    assert _checked(["x_B0.wav", "x_C4.wav"], [23 + 19, 60]) == ([23, 60], [], [])


def test_whether_a_dash_separates_is_heard():
    names = ["A-1.wav", "B-1.wav", "C-2.wav"]
    assert _checked(names, [33, 35, 36]) == ([33, 35, 36], [], [])
    assert _checked(["A-4.wav"], [69]) == ([69], [], [])


def test_whether_b_is_german_is_heard():
    assert _checked(["b3.wav", "c4.wav", "d4.wav"], [58, 60, 62]) == ([58, 60, 62], [], [])
    assert _checked(["b3.wav", "c4.wav", "d4.wav"], [59, 60, 62]) == ([59, 60, 62], [], [])


def test_numbers_may_count_from_anywhere():
    numbers = range(30, 60)
    found, single, whole = _checked([f"{n}.wav" for n in numbers], [n + 20 for n in numbers])
    assert (found, single, len(whole)) == ([n + 20 for n in numbers], [], 1)
    assert _checked(["21.wav", "22.wav", "23.wav"], [60, 50, 70]) == ([60, 50, 70], [], [])


def test_recordings_with_and_without_a_second_reading_are_checked_together():
    notes = [*read_names(["b3.wav", "c4.wav"]), *read_names(["x_D4.wav"])]
    checked, messages = check_keys(notes, [_heard(58), _heard(60), _heard(62)])
    assert ([one.key for one in checked], messages) == ([58, 60, 62], [])
