"""The list of audio and MIDI devices, with and without a server."""

import contextlib
import os
import subprocess
import sys

from engine.devices import listing, portaudio
from engine.devices.listing import DeviceEntry, list_devices
from tests.support.alsa_device import device
from tests.support.jack_server import server

__all__ = ["device", "server"]


def test_the_ports_of_a_server_are_listed_and_its_first_two_outputs_are_opened(server):
    seen = list_devices()
    text = "48000 Hz, blocks of 128" + (", realtime" if server.realtime else "")
    assert [each for each in seen.entries if each.backend == "jack"] == [
        DeviceEntry("output", "jack", "system:playback_1", text, opens=True),
        DeviceEntry("output", "jack", "system:playback_2", text, opens=True),
        DeviceEntry("input", "jack", "system:capture_1", text, opens=True),
        DeviceEntry("input", "jack", "system:capture_2", text, opens=False),
    ]
    assert not any(each.opens for each in seen.entries if each.backend == "portaudio")
    assert listing.NO_KEYBOARDS in seen.hints
    assert not {listing.NO_SERVER, listing.NO_OUTPUT} & set(seen.hints)


def test_keyboards_of_a_server_are_opened_and_those_of_the_system_are_not(server):
    with contextlib.closing(server.client("friend")) as friend:
        friend.midi_outports.register("keys", is_physical=True)
        friend.midi_outports.register("software")
        seen = list_devices()
    midi = {(each.backend, each.name): each.opens for each in seen.entries if each.kind == "midi"}
    assert midi.pop(("jack", "friend:keys"))
    assert not any(midi.values())
    assert listing.NO_KEYBOARDS not in seen.hints


def test_without_a_server_the_default_of_portaudio_is_opened(device, monkeypatch):
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "nobody")
    portaudio.load(rescan=True)
    seen = list_devices()
    outputs = {each.name: each.opens for each in seen.entries if each.kind == "output"}
    assert outputs == {"default (ALSA)": True, "speaker (ALSA)": False, "sink (ALSA)": False}
    assert listing.NO_SERVER in seen.hints


def test_what_is_missing_is_described_in_hints(tmp_path):
    for library, fault in (("jack", "OSError"), ("sounddevice", "OSError"), ("rtmidi", "ImportError")):
        (tmp_path / f"{library}.py").write_text(f"raise {fault}('not there')")
    code = "from engine.devices.listing import list_devices as f; s = f(); print(s.entries, *s.hints, sep='\\n')"
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}."}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    found, *hints = said.stdout.splitlines()
    assert found == "[]"
    assert hints[:2] == [listing.NO_JACK, listing.NO_PORTAUDIO]
    assert hints[2].startswith("no live MIDI")
