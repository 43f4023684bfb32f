"""The command renders a bundle and a saved patch as the window's render process does, sample for sample."""

import json

import mido
import numpy as np
import pytest
import soundfile

from cli.main import main
from engine.foreign import Outputs, Routing, SideChain
from engine.preset import library
from engine.preset.preset_file import read, write
from session import offline_render, patch_bundle, patch_file, patch_lookup
from session.offline_render import RenderJob
from session.patch import PLUGIN, ROOM, Chain, Effect, Layer, Patch
from tests.support.resonance_preset import small_preset

VALUES = {"decay": 0.5, "chorus depth": 0.005, "room level": -6.0, "second decay": 0.3, "second level": 6.0}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The working folder: an instrument, a room, a score with notes on both sides of a split; the user's patches."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "user").mkdir()
    monkeypatch.setattr(library, "user_folder", lambda: tmp_path / "user")
    write(tmp_path / "small.luthier", small_preset())
    decay = np.exp(-np.arange(4800) / 800) * np.random.default_rng(1).standard_normal(4800)
    soundfile.write(tmp_path / "hall.wav", 0.1 * decay, 48_000)
    notes = [mido.Message("note_on", note=note, velocity=90, time=240) for note in (45, 72)]
    notes += [mido.Message("note_off", note=note, time=240) for note in (45, 72)]
    mido.MidiFile(tracks=[mido.MidiTrack(notes)]).save(tmp_path / "score.mid")
    return tmp_path


@pytest.fixture
def chain(folder):
    """Effects, a room and a second instrument on the keys from 60."""
    effects = (Effect("chorus"), Effect(ROOM, str(folder / "hall.wav")))
    return Chain(effects, Layer(str(library.find("gong")), 60, True))


@pytest.fixture
def saved(folder, chain):
    """A patch as the window saves it, called `duo`."""
    path = patch_file.destination("duo")
    digest = read(folder / "small.luthier").digest
    patch_file.write(path, patch_file.SavedPatch(digest, folder / "small.luthier", VALUES, chain))
    return path


def rendered_by_the_window(folder, path, **options):
    """The sound that the render process writes."""
    RenderJob(str(path), str(folder / "window.wav"), str(folder / "score.mid"), **options).write(folder / "job.json")
    assert offline_render.main([str(folder / "job.json")]) == 0
    return soundfile.read(folder / "window.wav", dtype="int32")[0]


def rendered_by_the_command(name, *words):
    """The sound that the command writes."""
    assert main(["render", name, "score.mid", "-o", "command.wav", "--block", "1024", *words]) == 0
    return soundfile.read("command.wav", dtype="int32")[0]


def test_a_bundle_sounds_as_in_the_window(folder, chain):
    patch_bundle.write_bundle(folder / "small.luthier", folder / "mine.luthier", Patch(folder, VALUES, chain))
    (folder / "hall.wav").unlink()  # the bundle has brought its own
    sound = rendered_by_the_command("mine.luthier")
    np.testing.assert_array_equal(sound, rendered_by_the_window(folder, folder / "mine.luthier"))
    opened = patch_bundle.read_patch(folder / "mine.luthier")
    options = {"values": opened.values, "chain": opened.chain.plain()}
    np.testing.assert_array_equal(sound, rendered_by_the_window(folder, folder / "mine.luthier", **options))
    alone = rendered_by_the_command("small.luthier")
    length = min(len(sound), len(alone))
    assert np.abs(sound[:length] - alone[:length]).max() > 1 << 20


def test_the_latency_of_a_plugin_and_its_routing_are_as_in_the_window(folder, probe_path):
    routing = Routing(SideChain.SILENCE, Outputs.FIRST)
    wide = Effect(PLUGIN, f"{probe_path}#probe.wide", routing=routing)
    small = folder / "small.luthier"
    patch_file.write(
        folder / "user" / "wide.json",
        patch_file.SavedPatch(read(small).digest, small, {}, Chain((Effect(ROOM), wide))),
    )
    sound = rendered_by_the_command("wide")
    np.testing.assert_array_equal(sound, rendered_by_the_window(folder, folder / "user" / "wide.json"))
    np.testing.assert_array_equal(sound, rendered_by_the_command("small.luthier")[: len(sound)])


@pytest.mark.parametrize("name", ["duo", "user/duo.json"])
def test_a_saved_patch_sounds_as_in_the_window_by_name_and_by_path(folder, saved, name):
    sound = rendered_by_the_command(name)
    assert np.abs(sound).max() > 1 << 20
    np.testing.assert_array_equal(sound, rendered_by_the_window(folder, saved))


def test_options_come_before_what_a_patch_holds(folder, saved):
    before = rendered_by_the_command("duo", "--set", "second.level=-24")
    values = {"second level": -24.0}
    np.testing.assert_array_equal(before, rendered_by_the_window(folder, saved, values=values))


def test_a_saved_patch_is_listed_shown_and_exported_as_its_instrument(folder, saved, capsys):
    assert main(["presets", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (rows[-1]["name"], rows[-1]["kind"], rows[-1]["text"]) == ("duo", "patch", "of small")
    assert list(patch_lookup.all_paths())[:-1] == list(library.all_presets())
    assert main(["show", "duo"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("duo\n")
    assert "Effects       chorus, room of hall\nSecond        gong, from C4 (MIDI 60) on\n" in page
    assert main(["show", "duo", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["patch"]["parameters"] == VALUES
    assert main(["export", "duo", "-o", "out.safetensors"]) == 0
    assert read_tensors("out.safetensors") == read_tensors("small.luthier")


def read_tensors(path):
    """Names and sizes of the tensors in a file."""
    from safetensors.numpy import load_file

    return {name: tensor.shape for name, tensor in load_file(path).items()}


def test_what_cannot_be_had_is_one_line_and_no_file(folder, chain, saved, capsys):
    plain = json.loads(saved.read_text())
    broken = {
        "second.json": {**plain, "row": {**plain["row"], "second": {"path": "nobody"}}},
        "room.json": {**plain, "row": {"effects": [{"kind": "room", "source": "cellar.wav"}]}},
        "lost.json": {**plain, "model": {"digest": "0", "path": "nowhere.luthier"}},
        "empty.json": {},
    }
    for name, content in broken.items():
        (folder / name).write_text(json.dumps(content))
    reasons = {
        "second.json": "there is no instrument called 'nobody'",
        "room.json": "cellar.wav",
        "lost.json": "needs the instrument nowhere",
        "empty.json": "empty.json is no patch",
        "missing.json": "there is no file 'missing.json'",
    }
    for name, reason in reasons.items():
        assert main(["render", name, "score.mid", "-o", "out.wav"]) == 2
        error = capsys.readouterr().err.splitlines()
        assert len([line for line in error if line.startswith("luthier: ")]) == 1
        assert reason in error[-1]
        assert not (folder / "out.wav").exists()


def test_the_demo_of_an_instrument_played_as_learned_is_its_performance(folder):
    from engine.preset.control_performance import perform
    from engine.reference_output import event_array

    host, instrument = offline_render._make_host(RenderJob(str(library.find("djembe")), str(folder / "demo.wav")))
    preset = instrument.preset
    learned = event_array(perform(preset.header, preset.tensors, "learned"), host.rate)
    demo = offline_render._demo(instrument, host.rate)
    np.testing.assert_array_equal(demo, learned[: len(demo)])
    assert len(demo) > 0
