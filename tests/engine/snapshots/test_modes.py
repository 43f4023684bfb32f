"""Snapshots of modes and parameters show what sounds, and MIDI controllers change what they show."""

import numpy as np
import pytest

from engine.events import Kind
from engine.instruments import make
from engine.plugin import param_values
from engine.snapshots import modes as picture
from engine.standard_chain import Rig
from tests.support.host_callback import Organ, render
from tests.support.resonance_preset import small_preset


@pytest.fixture
def rig() -> Rig:
    """A small instrument of two resonances at 110 and 220 Hz, played by notes."""
    rig = Rig(48_000.0)
    rig.play([make(small_preset(params={"play": 1}))])
    render(rig, 2048)
    return rig


def test_the_learned_modes_are_those_of_the_preset(rig):
    seen, tensors = picture.learned_modes(rig.chain[0]), small_preset().tensors
    wanted = tensors["frequency"][:, -1, 0].ravel()
    assert set(np.round(seen.frequency, 3)) <= set(np.round(wanted.astype(float), 3))
    assert len(seen) > 8
    assert seen.level.max() == 1


def test_no_mode_sounds_before_a_note(rig):
    assert len(picture.sounding_modes(rig.chain[0])) == 0


def test_sounding_modes_have_the_frequencies_of_the_key_and_decay_as_learned(rig):
    rig.midi(0x90, 45 + 2, 100)  # a tone above 110 Hz
    render(rig, 4800)
    first = picture.sounding_modes(rig.chain[0], 0)
    tensors = small_preset().tensors
    learned = tensors["frequency"][0, :, 0]
    moved = learned * (440 * 2 ** ((47 - 69) / 12) / 110)
    between = (first.frequency >= moved.min(axis=0) * 0.999) & (first.frequency <= moved.max(axis=0) * 1.001)
    assert between.all()
    assert set(first.resonance) == {0}
    render(rig, 4800)
    second = picture.sounding_modes(rig.chain[0], 0)
    assert second.level / first.level == pytest.approx(np.exp(-first.decay * 0.1), rel=0.02)


def test_every_resonance_is_played_by_the_key_that_transposes_it_least(rig):
    assert [picture.key_of(rig.chain[0], r) for r in range(2)] == [45, 57]


def test_param_values_follow_the_events(rig):
    rig.set_param(rig.chain[0], "decay", 2.0)
    render(rig, 256)
    names = [param.name for param in rig.chain[0].params]
    assert param_values(rig.chain[0])[names.index("decay")] == 2


def test_an_instrument_without_modes_has_none_in_its_snapshots():
    assert len(picture.learned_modes(Organ())) == len(picture.sounding_modes(Organ())) == 0
    assert param_values(Organ()) is None
    assert picture.key_of(Organ(), 0) == -1


def test_a_mapped_controller_sets_its_parameter_and_the_default_one_no_more(rig):
    instrument = rig.chain[0]
    place = [param.name for param in instrument.params].index("decay")
    rig.midi_map[("resonance", "decay")] = 20
    rig.apply_midi_map()
    rig.midi(0xB0, 75, 127)
    render(rig, 256)
    assert param_values(instrument)[place] == 1
    for value in (0, 127):
        rig.midi(0xB0, 20, value)
        render(rig, 256)
    assert param_values(instrument)[place] == 10
    assert rig.interpreter.last_controller == (3, 20)
    assert rig.interpreter.message_count == 3


def test_a_mapped_controller_picks_its_parameter_up_at_its_value_so_that_no_value_jumps(rig):
    instrument = rig.chain[0]
    place = [param.name for param in instrument.params].index("brightness")

    def stands(*values):
        for value in values:
            rig.midi(0xB0, 20, value)
            render(rig, 256)
        return float(param_values(instrument)[place])

    rig.midi_map[("resonance", "brightness")] = 20
    rig.apply_midi_map()
    assert stands(10, 20, 40) == 0
    assert list(rig.interpreter.pending_pickups.values()) == [40]
    assert stands(70) == pytest.approx(12 * 70 / 127 - 6)  # it has passed the middle, where the knob stood
    assert rig.interpreter.pending_pickups == {}
    assert stands(127, 64) == pytest.approx(12 * 64 / 127 - 6)
    rig.set_param(instrument, "brightness", 3.0)  # the mouse
    render(rig, 256)
    assert stands(60, 40) == 3
    assert stands(127) == 6
    rig.set_param(instrument, "brightness", -6.0)
    render(rig, 256)
    assert stands(126) == -6
    rig.apply_midi_map()  # another row
    assert stands(80, 1) == pytest.approx(12 / 127 - 6)


def test_a_parameter_without_a_controller_stays(rig):
    instrument = rig.chain[0]
    rig.midi_map[("resonance", "decay")] = None
    rig.apply_midi_map()
    rig.send(Kind.MIDI, 0xB0 | 75 << 8 | 127 << 16)
    render(rig, 256)
    assert param_values(instrument) == pytest.approx([param.default for param in instrument.params])
