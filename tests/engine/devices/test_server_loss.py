"""A stream whose server ends, freezes and comes back."""

import contextlib
import os
import signal
import subprocess
import sys
import threading

import pytest

from benchmarks.support.constant_and_impulse import ConstantTone
from benchmarks.support.jack_server import Server
from engine.devices import stream
from engine.devices.backend import DeviceRequest
from engine.events import Kind
from engine.host import Host
from engine.standard_chain import StandardChain
from tests.support.jack_server import server
from tests.support.simple_plugins import Listener
from tests.support.stream_wait import open_playing, until, until_played
from tests.support.wait_limit import MAX_WAIT_SECONDS

__all__ = ["server"]

JACK = DeviceRequest(backend="jack")


@pytest.fixture(autouse=True)
def short_retry(monkeypatch):
    """Poll more often than a program has to."""
    monkeypatch.setattr(stream, "RETRY_SECONDS", 0.05)


EXIT = """
import os, signal, sys
from benchmarks.support.constant_and_impulse import ConstantTone
from engine.devices import stream
from engine.host import Host
from engine.devices.backend import DeviceRequest
host = Host(48_000.0)
host.play([ConstantTone()])
playing = stream.open(host, DeviceRequest(backend="jack"))
os.kill(int(sys.argv[1]), signal.SIGKILL)
while playing.state == "playing":
    playing.wait(0.05)
print(playing.state)
if sys.argv[2] == "close":
    playing.close()
"""


def tone() -> Host:
    """A host that sounds at half of full level."""
    host = Host(48_000.0)
    host.play([ConstantTone()])
    host.send(Kind.NOTE_ON, 60, 0.5, note=60)
    return host


@pytest.mark.parametrize("end", [Server.terminate, Server.kill])
def test_sound_is_back_when_a_server_that_ended_runs_again(server, end):
    host = tone()
    with contextlib.closing(open_playing(host, JACK)) as playing:
        until_played(playing, 1000)
        end(server)
        until(playing, lambda: playing.state == "waiting")
        assert playing.problem == "no JACK server is running"
        assert not host.running()
        server.start()
        until(playing, lambda: playing.state == "playing")
        assert host.running()
        until_played(playing, 1000)
        assert host.meters().peak == (0.5, 0.5)
    assert not host.running()


def test_a_new_instrument_can_be_played_while_the_device_is_away(server):
    host = tone()
    with contextlib.closing(open_playing(host, JACK)) as playing:
        server.kill()
        until(playing, lambda: playing.state == "waiting")
        host.play([ConstantTone()])
        host.play([ConstantTone()])
        host.send(Kind.NOTE_ON, 60, 0.25, note=60)
        server.start()
        until(playing, lambda: host.meters().peak == (0.25, 0.25))


def test_a_server_that_comes_back_at_another_rate_is_followed(server):
    host = tone()
    with contextlib.closing(open_playing(host, JACK)) as playing:
        until_played(playing, 1)
        server.terminate()
        until(playing, lambda: playing.state == "waiting")
        server.rate = 44_100
        server.start()
        until(playing, lambda: playing.state == "playing")
        until_played(playing, 1000)
        assert host.rate == playing.info.rate == 44_100
        assert host.meters().peak == (0.5, 0.5)


def test_keys_whose_release_was_lost_with_the_server_are_released(server):
    host = StandardChain(48_000.0)
    listener = Listener()
    host.play([listener])

    def released() -> list[int]:
        return [event["note"] for event in listener.heard(Kind.NOTE_OFF) if event["value"] == 1]

    with contextlib.closing(open_playing(host, JACK)) as playing:
        host.midi(0xB0, 64, 127)
        host.midi(0x90, 60, 100)
        until_played(playing, 5000)
        assert released() == []
        server.kill()
        until(playing, lambda: playing.state == "waiting")
        server.start()
        until(playing, lambda: released() == [60])


def test_a_frozen_server_is_closed_and_connected_again(server, monkeypatch):
    monkeypatch.setattr(stream, "STALL_SECONDS", 0.3)
    monkeypatch.setattr(stream, "MAX_CLOSE_SECONDS", 0.2)
    monkeypatch.setattr("engine.devices.jack_connection.MAX_ANSWER_SECONDS", 0.2)
    with contextlib.closing(open_playing(tone(), JACK)) as playing:
        until_played(playing, 1000)
        server.signal(signal.SIGSTOP)
        until(playing, lambda: "does not answer" in playing.problem)
        assert playing.state == "waiting"
        server.signal(signal.SIGCONT)
        until(playing, lambda: playing.state == "playing")
        until_played(playing, 1000)


@pytest.mark.parametrize("end", ["close", "leave open"])
def test_a_program_whose_server_was_killed_ends_cleanly(server, end):
    command = [sys.executable, "-c", EXIT, str(server.pid), end]
    environment = {**os.environ, "PYTHONPATH": "."}
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=environment, timeout=MAX_WAIT_SECONDS
    )
    assert (done.returncode, done.stdout) == (0, "waiting\n")


def test_no_thread_is_left_behind(server):
    before = set(threading.enumerate())
    playing = open_playing(tone(), JACK)
    until_played(playing, 1)
    playing.close()
    playing.close()
    playing.poll()
    assert playing.state == "closed"
    until(playing, lambda: not set(threading.enumerate()) - before)


def test_an_unknown_backend_is_refused():
    with pytest.raises(ValueError, match="backend 'tin can' is none of jack, portaudio"):
        stream.open(Host(48_000.0), DeviceRequest(backend="tin can"))
