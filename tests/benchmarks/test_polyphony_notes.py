"""The benchmark of many voices plays distinct notes, and all of them sound."""

from benchmarks.engine import polyphony_load
from engine.preset.preset_file import write
from tests.support.resonance_preset import small_preset


def test_notes_continue_on_the_next_channel_after_the_highest_key():
    notes = polyphony_load._notes({"low": 40, "high": 88})
    assert notes[0] == (0, 40)
    assert notes[48:50] == [(0, 88), (1, 40)]
    assert len(set(notes)) == len(notes) == 64


def test_all_notes_sound_while_it_measures(tmp_path):
    path = tmp_path / "small.luthier"
    preset = small_preset()
    preset.tensors["decay"] = preset.tensors["decay"] / 10
    write(path, preset)
    measurements = polyphony_load.measure(str(path), 0.5)
    assert measurements[0].value == 64
    assert all(measurement.value > 0 for measurement in measurements)
