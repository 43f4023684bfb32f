"""Live ports: a program that comes, plays and goes on a real JACK server."""

import contextlib
import time

import numpy as np
import pytest

from engine.events import NOW, Kind, midi
from engine.midi.drivers import CLIENT_NAME, NoMidiError, _unique_names, driver
from engine.midi.ports import POLL_SECONDS, MidiPorts, _OpenPort
from engine.standard_chain import StandardChain
from tests.support.host_callback import RATE, render
from tests.support.jack_server import server  # noqa: F401 - a fixture, found by name
from tests.support.simple_plugins import Listener
from tests.support.wait_limit import MAX_WAIT_SECONDS

rtmidi = pytest.importorskip("rtmidi")
KEYS = "Test Keys:keys"


@contextlib.contextmanager
def keyboard(name="Test Keys"):
    """A program with a MIDI output that is there for a while."""
    out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name=name)
    out.open_virtual_port("keys")
    try:
        yield out
    finally:
        out.delete()


class Nothing:
    """A MIDI system without any port."""

    def names(self):
        return []

    def open_virtual(self):
        return None


@pytest.fixture
def host():
    made = StandardChain(RATE)
    made.play([Listener()])
    return made


def until(done):
    """Wait until something is so."""
    end = time.monotonic() + MAX_WAIT_SECONDS
    while not done():
        assert time.monotonic() < end
        time.sleep(0.002)


def heard(host, count):
    """The MIDI messages heard, once there are as many."""
    listener = host.chain[0]

    def there():
        render(host, 64)
        return len(listener.heard(Kind.MIDI)) >= count

    until(there)
    return [int(key) for key in listener.heard(Kind.MIDI)["key"]]


@pytest.mark.usefixtures("server")
def test_a_port_is_met_when_it_comes_let_go_when_it_goes_and_met_again(host):
    with MidiPorts(host, system=driver("jack")) as ports:
        assert ports.names == [CLIENT_NAME]
        with keyboard() as keys:
            until(lambda: KEYS in ports.names)
            keys.send_message([0x92, 60, 100])
            keys.send_message([0x92, 64, 100])
            keys.send_message([0x92, 64, 0])
            keys.send_message([0xB2, 64, 127])
            heard(host, 4)
        until(lambda: KEYS not in ports.names)
        messages = heard(host, 6)
        assert messages[:4] == [midi(0x92, 60, 100), midi(0x92, 64, 100), midi(0x92, 64, 0), midi(0xB2, 64, 127)]
        assert messages[4:] == [midi(0x82, 60), midi(0xB2, 64)]
        with keyboard() as keys:
            until(lambda: KEYS in ports.names)
            keys.send_message([0xC2, 5])
            assert heard(host, 7)[6:] == [midi(0xC2, 5)]


@pytest.mark.usefixtures("server")
def test_only_the_wanted_ports_are_heard_and_none_while_idle(host):
    with keyboard("Grand"), keyboard("Small"), MidiPorts(host, "grand", driver("jack")) as ports:
        assert ports.names == ["Grand:keys", CLIENT_NAME]
        ports.idle = lambda: True
        until(lambda: ports.names == [CLIENT_NAME])
        ports.idle = lambda: False
        until(lambda: ports.names == ["Grand:keys", CLIENT_NAME])


@pytest.mark.usefixtures("server")
def test_closing_lets_go_of_what_is_held(host):
    with keyboard() as keys, MidiPorts(host, system=driver("jack")) as ports:
        assert KEYS in ports.names
        keys.send_message([0x90, 60, 100])
        heard(host, 1)
    assert heard(host, 2)[1:] == [midi(0x80, 60)]


@pytest.mark.parametrize("gap", [-600.0, 0.0, 600.0])
def test_a_message_is_put_near_the_next_block_however_long_none_came(host, gap):
    ports = MidiPorts(host, system=Nothing())
    render(host, 1000)
    assert ports._frame(0.0) == NOW
    host.running = lambda: True
    host.memory["block"] = 128
    host.memory["epoch"] = time.perf_counter() - 1000 / RATE - gap
    wanted = {-600.0: 1000, 600.0: 1000 + 2 * 128 + round(POLL_SECONDS * RATE)}
    frame = ports._frame(0.0)
    assert frame == wanted.get(gap, frame)
    assert 1000 <= frame <= wanted[600.0]


def test_without_any_midi_the_reason_is_one_line_and_no_library_chatters(monkeypatch, capfd):
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "no-such-server")
    with pytest.raises(NoMidiError) as refused:
        driver("jack")
    assert "\n" not in str(refused.value)
    assert capfd.readouterr().err == ""


def test_a_message_keeps_the_time_at_which_it_came_however_late_it_is_found(random):
    heard, came = _OpenPort(None), np.cumsum(random.uniform(0.001, 0.1, 1000))
    found = came + random.uniform(0.0, 0.03, 1000)
    found = np.maximum.accumulate(found)
    steps = np.diff(came, prepend=came[0])
    told = np.array([now - heard.age(now, step) for now, step in zip(found, steps, strict=True)])
    assert np.ptp(told[200:] - came[200:]) < 0.002
    assert (told >= came - 1e-9).all()


def test_what_a_player_holds_is_tracked_until_it_is_released():
    held = _OpenPort(None)
    played = [(0x91, 60, 9), (0x91, 61, 9), (0xB1, 64, 127), (0xB1, 1, 5), (0xE1, 0, 100), (0xD1, 7), (0xA1, 60, 3)]
    for message in [*played, (0xB1, 7, 20), (0xB1, 11, 127), (0xC1, 5)]:
        held.track(midi(*message))
    rest = [(0x81, 60), (0x81, 61), (0xB1, 64), (0xB1, 1), (0xE1, 0, 64), (0xD1, 0), (0xA1, 60)]
    assert list(held.held.values()) == [midi(*message) for message in rest]
    for message in [(0x91, 60, 0), (0x81, 61, 64), *rest[2:]]:
        held.track(midi(*message))
    assert not held.held


def test_names_lose_the_numbers_that_change_and_stay_unique():
    assert _unique_names(["Keys:Keys MIDI 1 20:0", "Keys:Keys MIDI 1 24:0", "Pad 28:1", "Grand"]) == [
        "Keys:Keys MIDI 1", "Keys:Keys MIDI 1 #2", "Pad", "Grand",
    ]  # fmt: skip
