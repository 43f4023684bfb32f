"""Real LV2 plugins of Debian packages: mda-lv2 and so-synth-lv2, and lv2apply of lilv-utils to compare with."""

import subprocess

import numpy as np
import pytest
import soundfile

from engine.events import Kind
from engine.foreign import load
from engine.foreign.lv2 import lilv
from engine.plugin.external import PluginError
from tests.support.foreign.block_thread import BLOCKS, play_with_lock_held
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Signal

MDA = "http://drobilla.net/plugins/mda/"
COMPARED = ("Ambience", "Bandisto", "Delay", "Leslie", "Limiter", "MultiBand", "Overdrive", "RingMod", "ThruZero")
NOTE_FRAME = 4801


def chord(host, frame=NOTE_FRAME):
    for key in (60, 64, 67):
        host.send(Kind.NOTE_ON, key, 0.8, frame=frame, note=key)
    for key in (60, 64, 67):
        host.send(Kind.NOTE_OFF, key, 1.0, frame=frame + 12_000, note=key)


@pytest.mark.parametrize("name", ["Piano", "EPiano", "DX10"])
def test_the_first_sound_of_a_note_is_at_its_frame(make, host, name):
    host.play([make(f"{MDA}{name}")])
    chord(host)
    sound = np.abs(render(host, 10_000)).max(axis=0)
    assert abs(int(np.flatnonzero(sound)[0]) - NOTE_FRAME) <= (name == "DX10")  # it begins with a zero
    assert sound.max() > 0.01


def test_a_piano_sounds_the_same_in_blocks_of_any_size(make, host):
    host.play([make(f"{MDA}Piano")])
    chord(host)
    expected = render(host, 24_000)
    for block in (64, 1024, [1, 7, 500, 4096]):
        other = type(host)(RATE)
        other.play([make(f"{MDA}Piano")])
        chord(other)
        np.testing.assert_array_equal(render(other, 24_000, block), expected)


@pytest.mark.parametrize("name", COMPARED)
def test_an_effect_sounds_as_in_another_host(make, host, random, tmp_path, name):
    sound = (0.2 * random.standard_normal((2, 20_000))).astype(np.float32)
    soundfile.write(tmp_path / "in.wav", sound.T, RATE, subtype="FLOAT")
    subprocess.run(
        ["lv2apply", "-i", tmp_path / "in.wav", "-o", tmp_path / "out.wav", f"{MDA}{name}"], check=True,
        capture_output=True,
    )  # fmt: skip
    expected, _ = soundfile.read(tmp_path / "out.wav", dtype="float32")
    effect = make(f"{MDA}{name}")
    host.play([Signal(sound), effect])
    heard = render(host, 20_000, 1)[:, effect.latency :]  # as lv2apply, which runs a plugin frame by frame
    np.testing.assert_array_equal(heard, expected.T[:, : heard.shape[1]])
    assert np.abs(heard).max() > 0.01


def test_a_synthesizer_sounds_the_same_after_its_state_came_back(make, host):
    first, second = make(f"{MDA}DX10"), make(f"{MDA}DX10")
    presets = first.find_presets()
    first.load_preset(next(iter(presets)))
    assert dict(first.drain_changes())
    for index, value in enumerate(first.values()):  # it keeps nothing but its parameters
        second.set_value(second.params[index].key, value)
    assert first.save_state() is None
    host.play([first])
    chord(host)
    other = type(host)(RATE)
    other.play([second])
    chord(other)
    expected = render(host, 16_000)
    np.testing.assert_array_equal(render(other, 16_000), expected)
    assert np.abs(expected).max() > 0.01


@pytest.mark.parametrize("name", ["SO-404", "SO-666", "SO-kl5"])
def test_a_plugin_whose_library_cannot_be_opened_is_refused_in_one_line(name, capfd):
    with pytest.raises(PluginError, match="its library cannot be opened: .*undefined symbol") as refused:
        load(f"lv2:urn:50m30n3:plugins:{name}")
    assert "\n" not in str(refused.value)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("uri", ["urn:nothing", "nothing", "http://drobilla.net/plugins/mda/Pian", "a b:c", "<x>:"])
def test_a_uri_that_is_not_installed_is_refused_in_one_line(uri):
    with pytest.raises(PluginError, match="no LV2 plugin .* is installed; `luthier plugins` lists"):
        load(f"lv2:{uri}")


def test_without_lilv_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setattr(lilv, "LIBRARY", "libnothing.so.0")
    lilv.functions.cache_clear()
    lilv.world.cache_clear()
    lilv.uri_node.cache_clear()
    try:
        with pytest.raises(PluginError, match="LV2 plugins need the library lilv: apt-get install liblilv-0-0"):
            load(f"lv2:{MDA}Piano")
    finally:
        monkeypatch.undo()
        lilv.functions.cache_clear()


def test_the_gil_is_never_asked_for_while_a_piano_plays_through_a_reverb(make, host, tmp_path):
    host.play([make(f"{MDA}Piano"), make(f"{MDA}Ambience")])
    chord(host)
    assert play_with_lock_held(host, tmp_path) == BLOCKS
