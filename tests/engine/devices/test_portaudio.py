"""The PortAudio backend, on an ALSA device without hardware."""

import contextlib
import ctypes
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.support.constant_and_impulse import ConstantTone
from engine.block import ACTIVE
from engine.devices import portaudio, stream
from engine.devices.backend import DeviceRequest, NoDeviceError
from engine.events import Kind
from engine.host import Host
from engine.portaudio_callback import callback
from tests.support.alsa_device import device
from tests.support.stream_wait import open_playing, until, until_played
from tests.support.wait_limit import MAX_WAIT_SECONDS

__all__ = ["device"]

SPEAKER = DeviceRequest(backend="portaudio", device="Speaker")


@pytest.fixture
def host() -> Host:
    """A host with a plain instrument that sounds at half of full level."""
    host = Host(48_000.0)
    host.play([ConstantTone()])
    host.send(Kind.NOTE_ON, 60, 0.5, note=60)
    return host


def call(host: Host, microphone: np.ndarray | None, frames: int) -> np.ndarray:
    """One block from the callback as PortAudio gets it, (frames, host.outputs)."""
    pointer = ctypes.POINTER(ctypes.c_float)
    host.memory["inputs"] = 0 if microphone is None else microphone.shape[1]
    out = np.full((frames, int(host.memory["outputs"][0])), np.nan, np.float32)
    heard = None if microphone is None else ctypes.cast(microphone.ctypes.data, pointer)
    callback.ctypes(heard, ctypes.cast(out.ctypes.data, pointer), frames, None, 0, host.memory.ctypes.data)
    return out


@pytest.fixture(autouse=True)
def short_retry(monkeypatch):
    """Poll more often than a program has to."""
    monkeypatch.setattr(stream, "RETRY_SECONDS", 0.1)


def test_the_device_gets_what_the_host_plays(host, device):
    with contextlib.closing(open_playing(host, SPEAKER)) as playing:
        until_played(playing, 20_000)
    assert playing.state == "closed"
    left, right = device.heard()
    first = np.flatnonzero(left)[0]
    assert len(left) - first > 2000
    np.testing.assert_array_equal(left[first:], 0.5)
    np.testing.assert_array_equal(right, left)


def test_the_host_takes_the_rate_of_the_device_and_the_requested_block(host, device):
    settings = DeviceRequest(backend="portaudio", device="speaker", block=96)
    with contextlib.closing(open_playing(host, settings)) as playing:
        until_played(playing, 1)
        given = playing.info
    assert given is not None
    assert (given.rate, given.block, given.device) == (host.rate, 96, "speaker (ALSA)")
    assert host.rate == 44_100
    assert given.latency >= 96 / given.rate
    assert given.input_latency is None


def test_a_rate_may_be_requested(host, device):
    stream.open(host, DeviceRequest(backend="portaudio", device="speaker", rate=96_000)).close()
    assert host.rate == 96_000


def test_a_device_that_was_unplugged_plays_on_when_it_is_connected_again(host, device):
    with contextlib.closing(open_playing(host, SPEAKER)) as playing:
        until_played(playing, 5000)
        device.unplug()
        until(playing, lambda: playing.state == "waiting")
        assert playing.problem == "no audio output is named 'Speaker'"
        assert not host.running()
        before = device.heard().shape[1]
        device.plug()
        until(playing, lambda: playing.state == "playing")
        until_played(playing, 40_000)
    assert np.median(device.heard()[0, before:]) == 0.5


def test_a_microphone_is_opened_only_while_a_plugin_listens(host, device):
    with contextlib.closing(open_playing(host, SPEAKER)) as playing:
        until_played(playing, 1)
        assert int(host.memory["inputs"][0]) == 0
        host.play([ConstantTone(listens=True)])
        until(playing, lambda: playing.info is not None and playing.info.input_latency is not None)
        assert int(host.memory["inputs"][0]) == 2
        until_played(playing, 1000)


def test_no_other_microphone_is_opened_in_place_of_a_missing_one(host, device):
    with contextlib.closing(open_playing(host, replace(SPEAKER, input="no such one"))) as playing:
        host.play([ConstantTone(listens=True)])
        until(playing, lambda: playing.reopened == 1 and playing.info is not None)
        assert (playing.info.microphone, playing.info.input_latency) == ("", None)
        assert int(host.memory["inputs"][0]) == 0


def test_memory_is_not_touched_while_a_device_that_should_be_reopened_still_calls(host, device):
    with contextlib.closing(open_playing(host, SPEAKER)) as playing:
        until_played(playing, 5000)
        host.play([ConstantTone(listens=True)])
        assert host.running()
        with pytest.raises(RuntimeError, match="while a device plays"):
            host.prepare(44_100.0)
        host.play([ConstantTone()])  # only once the row before it is taken up
        assert int(host.memory["version"][0][ACTIVE]) >= 2


def test_a_device_that_is_slow_to_close_may_call_until_it_has(host, device, monkeypatch):
    monkeypatch.setattr(stream, "MAX_CLOSE_SECONDS", 0.05)
    with contextlib.closing(open_playing(host, SPEAKER)) as playing:
        until_played(playing, 5000)
        let_go, close = threading.Event(), playing._device.close
        playing._device.close = lambda: (let_go.wait(MAX_WAIT_SECONDS), close())
        host.memory["listens"] = 1
        playing.poll()
        playing.poll()
        assert playing.state == "waiting"
        assert host.running()
        let_go.set()
        until(playing, lambda: playing.state == "playing")
        until_played(playing, 1000)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere PortAudio does it")
def test_the_audio_thread_has_realtime_priority_where_that_is_allowed(host, device):
    device.pace = 0.02  # about as fast as a speaker
    with contextlib.closing(open_playing(host, SPEAKER)) as playing:
        until(playing, lambda: playing._device._has_priority is not None)
        policies = {os.sched_getscheduler(int(task)) for task in os.listdir("/proc/self/task")}
        assert (os.SCHED_FIFO in policies) == playing.info.realtime


def test_one_speaker_gets_the_mean_of_both_sides(host):
    host.memory["outputs"] = 1
    np.testing.assert_array_equal(call(host, None, 64), np.full((64, 1), 0.5, np.float32))


def test_no_input_is_silence_one_channel_goes_to_both_sides_and_two_each_to_its_own(random):
    host = Host(48_000.0)
    host.play([ConstantTone(listens=True)])
    np.testing.assert_array_equal(call(host, None, 64), 0)
    for channels in (1, 2):
        microphone = random.normal(size=(5000, channels)).astype(np.float32)
        np.testing.assert_array_equal(call(host, microphone, 5000), np.broadcast_to(microphone, (5000, 2)))


def test_portaudio_never_sees_a_jack_server(device):
    assert {portaudio.label(each).split("(")[-1] for each in portaudio.devices()} <= {"ALSA)", "OSS)"}


def test_the_info_of_a_device_needs_no_new_scan(device, monkeypatch):
    portaudio.load(rescan=True)
    monkeypatch.delattr(portaudio, "_environment")
    assert portaudio.label(portaudio.find("output", device.name)) == f"{device.name} (ALSA)"


def test_without_the_library_there_is_no_device_and_no_crash(tmp_path: Path):
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    code = "from engine import host\nfrom engine.devices import backend, stream\n"
    code += "s = stream.open(host.Host(48e3), backend.DeviceRequest("
    code += "backend='portaudio'))\nprint(s.state, '-', s.problem)"
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}."}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout == "waiting - PortAudio is not installed (PortAudio library not found)\n"


def test_a_device_is_found_by_part_of_its_name(device):
    portaudio.load(rescan=True)
    assert portaudio.find("output", "SPEAK")["name"] == device.name
    assert portaudio.find("output", None)["name"] == "default"
    with pytest.raises(NoDeviceError, match="no audio output is named 'trombone'"):
        portaudio.find("output", "trombone")
