"""The JACK backend, against a server without hardware and another client."""

import contextlib
from collections.abc import Iterator

import jack
import numpy as np
import pytest

from benchmarks.support.constant_and_impulse import ConstantTone
from benchmarks.support.cpu_load import CpuLoad
from benchmarks.support.jack_client import UNKNOWN, note_delays
from benchmarks.support.jack_server import Server
from engine.devices import jack_callback, stream
from engine.devices.backend import DeviceRequest
from engine.devices.stream import Stream
from engine.events import Kind
from engine.host import Host
from engine.plugin import MAX_BLOCK_FRAMES
from tests.support.jack_server import server
from tests.support.stream_wait import open_playing, until, until_played
from tests.support.wait_limit import MAX_WAIT_SECONDS

__all__ = ["server"]


@pytest.fixture
def playing(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stream]:
    """A plain instrument on the server."""
    monkeypatch.setattr(stream, "RETRY_SECONDS", 0.02)
    host = Host(44_100.0)
    host.play([ConstantTone()])
    stream_ = open_playing(host, DeviceRequest(backend="jack"))
    yield stream_
    stream_.close()


@pytest.fixture
def friend(server: Server) -> Iterator[jack.Client]:
    """Another program on the server."""
    client = server.client("friend")
    yield client
    client.close()


def send(friend: jack.Client, playing: Stream, messages: list[bytes]) -> None:
    """Let another program send messages, all in one block."""
    port = friend.midi_outports.register("keys")
    waiting = [messages]

    def process(frames: int) -> None:
        port.clear_buffer()
        if waiting and port.number_of_connections:
            for offset, message in enumerate(waiting.pop()):
                port.write_midi_event(offset, message)

    friend.set_process_callback(process)
    friend.activate()
    friend.connect(port, f"{playing.info.name}:midi_in")
    until(playing, lambda: not waiting)
    until_played(playing, 1000)


@pytest.mark.parametrize("threads", [0, 2])
def test_every_note_sounds_exactly_one_block_after_it_was_played(server, playing, threads):
    with CpuLoad(threads, processes=0):
        delays = note_delays(playing.info.name, notes=40, seconds=MAX_WAIT_SECONDS, interval=700)
    known = delays[delays != UNKNOWN]  # a server that is not realtime may jump now and then
    assert len(delays) == 40
    assert len(known) >= 5
    assert set(known) == {server.block}


def test_other_programs_see_our_ports_by_name_connected_to_the_speakers(playing, friend):
    ours = {port.shortname: port for port in friend.get_ports(f"^{playing.info.name}:")}
    assert set(ours) == {"out_1", "out_2", "midi_in"}
    pretty = {name: jack.get_property(port.uuid, jack.METADATA_PRETTY_NAME)[0] for name, port in ours.items()}
    assert pretty == {"out_1": b"Left", "out_2": b"Right", "midi_in": b"Keys"}
    client = friend.get_uuid_for_client_name(playing.info.name)
    assert jack.get_property(client, jack.METADATA_PRETTY_NAME)[0] == b"Luthier"
    assert [port.name for port in friend.get_all_connections(ours["out_1"])] == ["system:playback_1"]
    assert [port.name for port in friend.get_all_connections(ours["out_2"])] == ["system:playback_2"]


def test_a_keyboard_is_connected_by_part_of_its_name_and_its_loss_is_detected_beside_a_new_one(friend):
    ports = {name: friend.midi_outports.register(name, is_physical=True) for name in ("Grand", "small", "grander")}
    friend.activate()
    with contextlib.closing(open_playing(Host(48_000.0), DeviceRequest(backend="jack", midi="grand"))) as playing:
        until(playing, lambda: playing.keyboards == ["friend:Grand", "friend:grander"])
        assert playing.has_midi
        ports["Grand"].unregister()  # and another comes, both between two looks
        friend.midi_outports.register("baby grand", is_physical=True)
        assert not playing._device.poll(playing.host)
        until(playing, lambda: playing.keyboards == ["friend:baby grand", "friend:grander"])
        assert playing._device.poll(playing.host)


def test_a_port_of_a_program_is_connected_when_it_is_chosen_and_otherwise_left_alone(server, friend):
    port = friend.midi_outports.register("sequencer")
    friend.activate()
    with contextlib.closing(open_playing(Host(48_000.0), DeviceRequest(backend="jack"))):
        assert not port.connections
    with contextlib.closing(open_playing(Host(48_000.0), DeviceRequest(backend="jack", midi="seq"))) as playing:
        until(playing, lambda: playing.keyboards == ["friend:sequencer"])
        assert [other.name for other in port.connections] == [f"{playing.info.name}:midi_in"]


def test_a_server_without_keyboards_has_no_midi(playing):
    assert not playing.has_midi


def test_the_only_speaker_gets_the_mean_of_both_sides(server, friend):
    server.terminate()
    server.speakers = 1
    friend.close()
    server.start()
    host = Host(48_000.0)
    host.play([ConstantTone()])
    host.send(Kind.NOTE_ON, 60, 0.5, note=60)
    with contextlib.closing(open_playing(host, DeviceRequest(backend="jack"))) as playing:
        ports = [playing._device._ports[name] for name in ("out_1", "out_2")]
        assert [[port.name for port in each.connections] for each in ports] == [["system:playback_1"]] * 2
        until_played(playing, 1000)
        np.testing.assert_array_equal(ports[0].get_array() + ports[1].get_array(), np.float32(0.5))


def test_a_second_client_gets_another_name_and_is_not_connected_unless_requested(playing):
    second = open_playing(Host(48_000.0), DeviceRequest(backend="jack", connect=False))
    first, given = playing.info, second.info
    second.close()
    assert (first.name, first.device) == ("luthier", "system")
    assert (given.name, given.device) == ("luthier-01", "not connected")


def test_the_host_takes_the_rate_of_the_server(playing):
    assert playing.host.rate == playing.info.rate == 48_000
    assert playing.info.block == 128
    until(playing, lambda: playing.info.latency >= 128 / 48_000)


def test_the_block_size_may_change_while_it_plays(playing, friend):
    playing.host.send(Kind.NOTE_ON, 60, 0.5, note=60)
    for block in (512, 2 * MAX_BLOCK_FRAMES, 32):
        friend.blocksize = block
        until(playing, lambda block=block: playing.host.memory["block"][0] == block)
        until_played(playing, 2 * block)
        assert playing.info.block == block
        assert playing.host.meters().peak == (0.5, 0.5)
    assert playing.reopened == 0


def test_the_microphone_port_exists_only_while_a_plugin_listens(playing, friend):
    def ports() -> set[str]:
        return {port.shortname for port in friend.get_ports(f"^{playing.info.name}:", is_audio=True)}

    playing.host.play([ConstantTone(listens=True)])
    until(playing, lambda: ports() == {"in_1", "out_1", "out_2"})
    assert playing.info.input_latency >= 0
    playing.host.play([ConstantTone()])
    until(playing, lambda: ports() == {"out_1", "out_2"})
    assert playing.info.input_latency is None


def test_a_microphone_is_connected_by_part_of_its_name_as_soon_as_it_exists_and_no_other_one(friend, monkeypatch):
    monkeypatch.setattr(stream, "RETRY_SECONDS", 0.02)
    host = Host(48_000.0)
    host.play([ConstantTone(listens=True)])
    with contextlib.closing(open_playing(host, DeviceRequest(backend="jack", input="usb"))) as playing:
        until(playing, lambda: "in_1" in playing._device._ports)
        assert playing.info.microphone == ""
        friend.outports.register("USB mic", is_physical=True)
        friend.activate()
        until(playing, lambda: playing.info.microphone == "friend:USB mic")
        friend.disconnect("friend:USB mic", f"{playing.info.name}:in_1")  # whoever takes it off keeps it off
        for _ in range(5):
            playing._device.poll(host)
        assert playing.info.microphone == ""


def test_sound_that_another_program_plays_into_the_microphone_is_output(playing, friend):
    source = friend.outports.register("source")
    friend.set_process_callback(lambda frames: source.get_array().fill(0.25))
    friend.activate()
    playing.host.play([ConstantTone(listens=True)])
    until(playing, lambda: playing.info.input_latency is not None)
    friend.connect(source, f"{playing.info.name}:in_1")
    until(playing, lambda: playing.host.meters().peak == (0.25, 0.25))


def test_incomplete_messages_are_counted_and_sysex_is_ignored(playing, friend):
    whole, cut, sysex, clock = b"\x90\x3c\x7f", b"\x90\x3c", b"\xf0" + bytes(200) + b"\xf7", b"\xf8"
    send(friend, playing, [whole, cut, sysex, clock, whole])
    assert playing._device.refused == 1
    assert int(playing.host.device_events.cursors[8]) == 2  # taken in


def test_only_channel_messages_of_the_right_length_are_complete():
    lengths = {8: 3, 9: 3, 10: 3, 11: 3, 12: 2, 13: 2, 14: 3}
    for status in range(256):
        for length in range(1, 6):
            data = np.array([status, 1, 127, 3, 4][:length], np.uint8)
            assert jack_callback.is_complete(data) == (lengths.get(status >> 4) == length)
    assert not jack_callback.is_complete(np.array([0x90, 0x80, 0], np.uint8))
    assert not jack_callback.is_complete(np.array([0x90, 0, 0x80], np.uint8))


def test_without_a_server_the_stream_waits_and_says_why(monkeypatch):
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "nobody")
    waiting = stream.open(Host(48_000.0), DeviceRequest(backend="jack"))
    assert (waiting.state, waiting.problem, waiting.info) == ("waiting", "no JACK server is running", None)
    waiting.close()


def test_a_missing_output_is_named_in_the_error(server):
    waiting = stream.open(Host(48_000.0), DeviceRequest(backend="jack", device="trombone"))
    assert (waiting.state, waiting.problem) == ("waiting", "JACK has no output named 'trombone'")
    waiting.close()
