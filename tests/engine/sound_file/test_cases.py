"""Recordings that others reported, in the folder beside $LUTHIER_DATA; test_reader.py makes the like of each anew."""

import os
from pathlib import Path

import numpy as np
import pytest

from engine import impulse_response
from engine.sound_file.reader import RecordingError, read
from engine.sound_file.suffixes import find_sound_files

FOLDER = Path(os.environ.get("LUTHIER_DATA", "")).parent / "cases"


def whole(path):
    sound = read(path)
    assert sound.seconds > 1.2
    return sound


def mended(path):
    assert len(whole(path).notices) == 1


def partly_there(path):
    sound = read(path)
    assert 0.7 < sound.seconds < 0.9
    assert len(sound.notices) == 1


def one_sided(path):
    sound = read(path)
    assert len(sound.samples) == len(sound.notices) == 1
    assert np.abs(sound.samples).max() > 0.5


def refused_in_one_line(path):
    with pytest.raises(RecordingError, match="its rate is 1 Hz") as error:
        read(path, 44_100)
    assert "\n" not in str(error.value)


def a_room(path):
    assert impulse_response.find_room(path).samples.shape[1] == 4000


def true_stereo(path):
    assert impulse_response.find_room(path).samples.shape == (4, 4000)


def a_folder_of_one(path):
    (file,) = find_sound_files(path)
    assert read(file).seconds > 1


RIGHT_OUTCOMES = {
    "audio/datasize0.wav": mended,
    "audio/flac-unknown-length.flac": whole,
    "audio/flac-cut.flac": partly_there,
    "audio/opposite-sides.wav": one_sided,
    "audio/xing-says-8-frames.mp3": mended,
    "audio/rate-1-hz.wav": refused_in_one_line,
    "audio/room.mp3": a_room,
    "audio/room-4-channels.wav": true_stereo,
    "folders/only-opus": a_folder_of_one,
    "folders/only-subfolder": a_folder_of_one,
}


def test_the_reported_recordings_that_are_at_hand_have_their_right_outcome():
    for name, check in RIGHT_OUTCOMES.items():
        if (FOLDER / name).exists():
            check(FOLDER / name)
