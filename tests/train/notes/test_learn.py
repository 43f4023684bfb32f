"""An instrument is learned from a folder of single notes: selection, layers, levels and progress."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.kinds.resonance import MAX_SIZES
from engine.pitch_and_frequency import frequency_of
from export.resonance_notes import make_header, make_tensors
from tests.support.wait_limit import MAX_WAIT_SECONDS
from train.notes import level_matching
from train.notes.key_and_dynamic import RecordingInfo, classify, hear
from train.notes.learn import Config, _pool, learn
from train.notes.mode_set import Modes, render_modes
from train.notes.note import Note, render
from train.notes.note_jobs import learn_keys
from train.notes.note_recording import read_note_recordings
from train.notes.selection import drop_other_sounds, select
from train.notes.velocity_layers import MAX_LAYERS, apply_tilt, fill_layers, retune, sort, velocities_of

RATE = 22050
CONFIG = Config(modes=8, rate=RATE, processes=2)


def _write(path, key, level, tune=0.0):
    """A recording of a short string: 0.15 s of near silence, then six partials; soft ones are duller."""
    k = np.arange(1, 7)
    size = level / k ** (1.0 if level > 0.2 else 1.8)
    modes = Modes(k * frequency_of(key + tune / 100), 3 + 0.5 * k, -1j * size)
    sound = np.concatenate([np.zeros(int(0.15 * RATE)), render_modes(modes, int(0.8 * RATE), RATE)])
    sound += 1e-5 * np.random.default_rng(key).standard_normal(len(sound))
    soundfile.write(path, sound, RATE, subtype="FLOAT")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Keys of uneven level and tuning, loud and soft; one has no soft one, one name is wrong, one file is empty."""
    directory = tmp_path_factory.mktemp("notes")
    rows = ((57, "A3", 0.4, 12), (58, "As3", 0.25, 0), (59, "B3", 0.5, -8), (60, "C4", 0.3, 5))
    for key, name, level, tune in rows:
        _write(directory / f"x_{name}_forte.wav", key, level, tune)
        if name != "B3":
            _write(directory / f"x_{name}_piano.wav", key, 0.3 * level if name != "C4" else 0.1 * level, tune - 4)
    _write(directory / "x_Ds4_forte.wav", 61, 0.3)
    (directory / "x_D4_forte.wav").write_bytes(b"")
    return sorted(directory.glob("*.wav"))


@pytest.fixture(scope="module")
def learned(folder):
    steps = []
    return learn(read_note_recordings(folder), CONFIG, steps.append), steps


def _note(level=0.1, pitch=220.0, modes=4):
    k = np.arange(1, modes + 1)
    found = Modes(pitch * k, 2.0 + k, level / k * np.exp(1j * k))
    knock = level * 0.1 * np.hanning(200)
    return Note(RATE, pitch, found, np.zeros(modes), knock, np.zeros(8), np.zeros(8), 500)


def test_every_key_is_there_with_every_dynamic(learned):
    instrument, _ = learned
    assert list(instrument.keys) == [57, 58, 59, 60, 61]
    assert instrument.dynamics == ["piano", "forte"]
    assert all(len(row) == 2 for row in instrument.keys.values())


def test_problems_are_reported_in_messages(learned):
    messages = "\n".join(learned[0].messages)
    assert "x_D4_forte.wav is left out" in messages
    assert "sounds like C♯4" in messages
    assert "B3 has no piano: made from its forte" in messages


def test_every_key_has_its_measured_pitch_at_all_dynamics(learned):
    for key, tune in ((57, 12), (58, 0), (59, -8), (60, 5)):
        for note in learned[0].keys[key]:
            assert abs(1200 * np.log2(note.pitch / frequency_of(key)) - tune) < 2
            assert abs(1200 * np.log2(np.min(note.modes.frequency) / note.pitch)) < 3


def test_neighbours_are_equally_loud_and_loud_is_louder_than_soft(learned):
    heard = np.array([[level_matching.note_level(note) for note in row] for row in learned[0].keys.values()])
    assert np.abs(np.diff(heard, axis=0)).max() <= 3
    assert (heard[:, 1] - heard[:, 0]).min() >= level_matching.MIN_DYNAMIC_STEP_DB - 0.01


def test_progress_ends_with_everything_done(learned):
    _, steps = learned
    assert steps[-1].done == steps[-1].all == 8
    assert [step.done for step in steps] == sorted(step.done for step in steps)


@pytest.mark.verify
def test_the_same_recordings_give_the_same_tensors(folder, learned):
    again = make_tensors(learn(read_note_recordings(folder), Config(modes=8, rate=RATE, processes=1)))
    for name, values in make_tensors(learned[0]).items():
        np.testing.assert_array_equal(values, again[name])


@pytest.mark.verify
def test_one_key_of_several_dynamics_is_spread_over_processes_and_gives_the_same_bits(tmp_path):
    for name, level in (("forte", 0.4), ("mezzo-forte", 0.2), ("piano", 0.1)):
        _write(tmp_path / f"x_A3_{name}.wav", 57, level)
    heard = [hear(recorded, RATE) for recorded in read_note_recordings(sorted(tmp_path.glob("*.wav")))]
    chosen, _ = select(classify(heard)[0])
    found = {}
    for processes in (1, 2):
        with _pool(Config(processes=processes)) as pool:
            rows = list(learn_keys(pool, processes, chosen, 8, RATE))
        assert sum(row.recordings for row in rows) == 3
        assert len(rows) == {1: 3, 2: 5}[processes]  # jobs: with two processes the bands of the loudest are two more
        found[processes] = rows[-1].notes
    assert list(found[1]) == ["forte", "mezzo-forte", "piano"] == list(found[2])
    for dynamic, note in found[1].items():
        for name in ("frequency", "decay", "amplitude"):
            np.testing.assert_array_equal(getattr(note.modes, name), getattr(found[2][dynamic].modes, name))
        np.testing.assert_array_equal(note.knock, found[2][dynamic].knock)


def test_the_tensors_sound_like_the_notes(learned):
    instrument, _ = learned
    found = {name: values.astype(np.float64) for name, values in make_tensors(instrument).items()}
    for r, row in enumerate(instrument.keys.values()):
        for layer, note in enumerate(row):
            residue = found["amplitude"][r, layer, 0] * np.exp(1j * found["phase"][r, layer, 0])
            pole = (2j * np.pi * found["frequency"][r, layer, 0] - found["decay"][r, layer, 0]) / RATE
            sound = (residue[:, None] * np.exp(pole[:, None] * np.arange(4000))).real.sum(axis=0)
            sound[: found["knock"].shape[-1]] += found["knock"][r, layer][:4000]
            expected = render(note, 4000, seed=None)
            assert np.abs(sound - expected).max() < 1e-3 * np.abs(expected).max()


def test_the_engine_accepts_the_preset(learned):
    from engine.preset.preset_file import Preset, check

    check(Preset({**make_header(learned[0], CONFIG, "1"), "name": "strings"}, make_tensors(learned[0])))


def test_nothing_to_learn_from_is_reported_in_one_line(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"")
    with pytest.raises(ValueError, match=r"nothing was learned: a\.wav is left out"):
        learn(read_note_recordings([tmp_path / "a.wav"]), CONFIG)


def test_a_tilt_changes_modes_and_knock_alike():
    note = _note()
    changed = apply_tilt(note, -6.0, -3.0)
    expected = 10 ** ((-6 - 3 * np.log2(note.modes.frequency / 220)) / 20)
    np.testing.assert_allclose(np.abs(changed.modes.amplitude / note.modes.amplitude), expected)
    np.testing.assert_allclose(np.angle(changed.modes.amplitude), np.angle(note.modes.amplitude), atol=1e-12)
    assert np.linalg.norm(changed.knock) < np.linalg.norm(note.knock)


def test_a_missing_dynamic_is_made_with_the_difference_of_its_neighbours():
    keys = {60: {"piano": apply_tilt(_note(), -9.0, -2.0), "forte": _note()}, 61: {"forte": _note(0.2)}}
    whole, messages = fill_layers(keys, ["piano", "forte"])
    expected = apply_tilt(_note(0.2), -9.0, -2.0)
    np.testing.assert_allclose(whole[61][0].modes.amplitude, expected.modes.amplitude, rtol=1e-6)
    assert len(messages) == 1


def test_the_dynamics_of_a_key_are_tuned_to_one_pitch():
    row = retune([_note(pitch=219.0), _note(pitch=221.0)], 221.0)
    np.testing.assert_allclose(row[0].modes.frequency, row[1].modes.frequency)


def _info(path, key, dynamic, clarity):
    return RecordingInfo(*read_note_recordings([path]), key, dynamic, clarity)


def test_one_recording_per_key_and_dynamic_is_selected_and_rare_dynamics_are_left_out():
    heard = [_info(f"{key}.wav", key, "forte", 0.5) for key in range(60, 70)]
    heard += [_info("again.wav", 60, "forte", 0.3), _info("whisper.wav", 61, "pianissimo", 0.5)]
    chosen, messages = select(heard)
    assert [[one.recorded.path for one in group] for group in chosen.values()] == [
        [f"{key}.wav"] for key in range(60, 70)
    ]
    assert any("again.wav is left out" in message for message in messages)
    assert any("whisper.wav is left out" in message for message in messages)


def test_of_sixteen_dynamics_as_many_are_learned_as_an_instrument_can_have():
    names = [f"{note}v{layer}.wav" for note in ("C4", "E4") for layer in range(1, 17)]
    heard = [
        RecordingInfo(recorded, recorded.said.key, recorded.said.dynamic, 0.5, is_pitched=True)
        for recorded in read_note_recordings(names)
    ]
    chosen, messages = select(heard)
    group = [info.dynamic for info in chosen[60]]
    assert (len(group), MAX_SIZES["L"]) == (MAX_LAYERS, MAX_LAYERS)
    assert (group[0], group[-1]) == ("velocity 127", "velocity 8")
    assert any("Of 16 dynamics 8 are learned" in message for message in messages)


def test_releases_and_other_microphones_are_left_out():
    names = ["C4_close_f.wav", "C4_room_f.wav", "E4_close_f.wav", "E4_room_f.wav", "C4_close_release.wav"]
    kept, messages = drop_other_sounds(read_note_recordings(names))
    assert [recorded.name for recorded in kept] == ["C4_close_f.wav", "E4_close_f.wav"]
    assert "C4_close_release.wav is left out: what sounds when a key is released" in messages[0]
    assert "C4_room_f.wav and E4_room_f.wav are left out: of the microphones 'close' is learned" in messages[1]


def test_the_layers_of_both_names_of_loudest_ascend():
    assert velocities_of(["forte", "fortissimo", "fortississimo"]) == [0.85, 0.96, 1.0]
    assert velocities_of(sort(["velocity 127", "velocity 64"])) == [64 / 127, 1.0]


def test_the_notes_of_both_dynamics_of_a_piano_in_the_style_of_the_university_of_iowa_are_used(tmp_path):
    _write(tmp_path / "Piano.ff.A3.wav", 57, 0.4)
    _write(tmp_path / "Piano.pp.A3.wav", 57, 0.1)
    infos, _ = classify([hear(recorded, RATE) for recorded in read_note_recordings(sorted(tmp_path.glob("*.wav")))])
    chosen, messages = select(infos)
    assert [(info.recorded.name, info.dynamic) for info in chosen[57]] == [
        ("Piano.ff.A3.wav", "fortissimo"),
        ("Piano.pp.A3.wav", "pianissimo"),
    ]
    assert messages == []


def test_a_recording_is_cut_and_corrected_as_its_mapping_says(tmp_path):
    _write(tmp_path / "x.wav", 57, 0.4)
    (recorded,) = read_note_recordings([tmp_path / "x.wav"])
    whole = recorded.read(RATE).samples
    cut = replace(recorded, first=3000, last=8999, cents=50.0, decibels=-6.0, pan=0.25)
    np.testing.assert_array_equal(cut.read(RATE).samples, whole[:, 3000:9000])
    note = cut.correct(_note())
    assert note.pitch == pytest.approx(220 * 2 ** (50 / 1200))
    np.testing.assert_allclose(note.modes.frequency, _note().modes.frequency * 2 ** (50 / 1200))
    np.testing.assert_allclose(np.abs(note.modes.amplitude), np.abs(_note().modes.amplitude) * 10 ** (-6 / 20))
    np.testing.assert_array_equal(note.place, 0.25)


def test_a_recording_without_a_key_in_its_name_gets_its_detected_key(tmp_path):
    _write(tmp_path / "unnamed.wav", 64, 0.3)
    (heard,), messages = classify([hear(*read_note_recordings([tmp_path / "unnamed.wav"]), RATE)])
    assert (heard.key, heard.messages, messages) == (64, (), [])


def test_worker_processes_exit_when_their_parent_is_killed():
    program = """
import os, time
from train.notes.learn import Config, _pool
if __name__ == "__main__":
    with _pool(Config(processes=1)) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as learner:
        worker = int(learner.stdout.readline())
        learner.kill()
    end = time.monotonic() + MAX_WAIT_SECONDS
    while _is_running(worker) and time.monotonic() < end:
        time.sleep(0.01)
    assert not _is_running(worker)


def _is_running(process: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
