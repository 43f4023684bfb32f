"""Parameter values follow events and MIDI controllers."""

import pytest

from engine.events import Kind
from engine.plugin import param_values
from tests.engine.snapshots.test_modes import host
from tests.support.host_callback import render

__all__ = ["host"]


def test_param_values_follow_the_events(host):
    host.set_param(host.chain[0], "decay", 2.0)
    render(host, 256)
    names = [param.name for param in host.chain[0].params]
    assert param_values(host.chain[0])[names.index("decay")] == 2


def test_a_mapped_controller_sets_its_parameter_and_the_default_one_no_more(host):
    instrument = host.chain[0]
    place = [param.name for param in instrument.params].index("decay")
    host.midi_map[("resonance", "decay")] = 20
    host.apply_midi_map()
    host.midi(0xB0, 75, 127)
    render(host, 256)
    assert param_values(instrument)[place] == 1
    for value in (0, 127):
        host.midi(0xB0, 20, value)
        render(host, 256)
    assert param_values(instrument)[place] == 10
    assert host.interpreter.last_controller == (3, 20)
    assert host.interpreter.message_count == 3


def test_a_mapped_controller_picks_its_parameter_up_at_its_value_so_that_no_value_jumps(host):
    instrument = host.chain[0]
    place = [param.name for param in instrument.params].index("brightness")

    def stands(*values):
        for value in values:
            host.midi(0xB0, 20, value)
            render(host, 256)
        return float(param_values(instrument)[place])

    host.midi_map[("resonance", "brightness")] = 20
    host.apply_midi_map()
    assert stands(10, 20, 40) == 0
    assert list(host.interpreter.pending_pickups.values()) == [40]
    assert stands(70) == pytest.approx(12 * 70 / 127 - 6)  # it has passed the middle, where the knob stood
    assert host.interpreter.pending_pickups == {}
    assert stands(127, 64) == pytest.approx(12 * 64 / 127 - 6)
    host.set_param(instrument, "brightness", 3.0)  # the mouse
    render(host, 256)
    assert stands(60, 40) == 3
    assert stands(127) == 6
    host.set_param(instrument, "brightness", -6.0)
    render(host, 256)
    assert stands(126) == -6
    host.apply_midi_map()  # another row
    assert stands(80, 1) == pytest.approx(12 / 127 - 6)


def test_a_parameter_without_a_controller_stays(host):
    instrument = host.chain[0]
    host.midi_map[("resonance", "decay")] = None
    host.apply_midi_map()
    host.send(Kind.MIDI, 0xB0 | 75 << 8 | 127 << 16)
    render(host, 256)
    assert param_values(instrument) == pytest.approx([param.default for param in instrument.params])
