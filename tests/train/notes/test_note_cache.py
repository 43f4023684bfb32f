"""Cache files of learned notes, and resuming from them."""

import numpy as np
import pytest
import soundfile

from engine.pitch_and_frequency import frequency_of
from train.notes import note_cache
from train.notes.learn import Config, learn
from train.notes.mode_set import Modes, render_modes
from train.notes.note import Note
from train.notes.note_recording import read_note_recordings

RATE = 22050
CONFIG = Config(modes=8, rate=RATE, processes=1)


@pytest.fixture
def strings(tmp_path):
    """Recordings of two strings."""
    for key, name in ((60, "C4"), (64, "E4")):
        k = np.arange(1, 5)
        modes = Modes(k * frequency_of(key), 4.0 + k, -0.3j / k)
        soundfile.write(tmp_path / f"{name}.wav", render_modes(modes, RATE // 2, RATE), RATE, subtype="FLOAT")
    return read_note_recordings(sorted(tmp_path.glob("*.wav")))


def test_cached_notes_are_loaded_bit_for_bit(tmp_path, random):
    modes = Modes(random.normal(size=3), random.normal(size=3), random.normal(size=3) + 1j)
    note = Note(RATE, 220.5, modes, np.zeros(3), random.normal(size=9), np.ones(4), np.zeros(4), 77)
    note_cache.save(tmp_path, "one", {"piano": note, "forte": note.scaled(2.0)})
    found = note_cache.load(tmp_path, "one")
    assert list(found) == ["piano", "forte"]
    assert (found["piano"].pitch, found["piano"].attack) == (220.5, 77)
    np.testing.assert_array_equal(found["forte"].modes.amplitude, 2 * modes.amplitude)
    np.testing.assert_array_equal(found["piano"].knock, note.knock)


def test_a_damaged_or_missing_file_is_ignored(tmp_path):
    (tmp_path / "one.npz").write_bytes(b"PK")
    assert note_cache.load(tmp_path, "one") is None
    assert note_cache.load(tmp_path, "two") is None


@pytest.mark.verify
def test_resumed_learning_uses_the_cached_notes_and_gives_the_same_result(strings, tmp_path):
    folder, names = tmp_path / "x.learning", []

    def stop(progress):
        names.append(sorted(path.name for path in folder.glob("*.npz")))
        if progress.done == 1 and "stopping" not in progress.text:
            raise KeyboardInterrupt

    assert learn(strings, CONFIG, stop, folder).stopped
    assert [name[:2] for name in names[-1]] == ["60"]
    steps = []
    again = learn(strings, CONFIG, lambda progress: steps.append(progress.done), folder, resume=True)
    assert steps == [0, 0, 2]
    assert [path.name[:2] for path in sorted(folder.glob("*.npz"))] == ["60", "64"]
    note_cache.clear(folder)
    assert not folder.exists()
    fresh = learn(strings, CONFIG)
    for key, (note,) in fresh.keys.items():
        np.testing.assert_array_equal(again.keys[key][0].modes.amplitude, note.modes.amplitude)


def test_other_recordings_and_settings_have_other_fingerprints(strings):
    fingerprints = {
        note_cache.fingerprint([string.path], settings) for string in strings for settings in ((64, RATE), (32, RATE))
    }
    assert len(fingerprints) == 4
