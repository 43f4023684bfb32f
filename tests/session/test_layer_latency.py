"""Two instruments of which one has a latency: both sound together, in a patch and while the chain is changed."""

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.effects import ROOM
from engine.effects.latency_alignment import CROSSFADE_SECONDS
from engine.host import Host
from engine.midi.interpreter import Interpreter
from engine.preset import library
from engine.standard_chain import StandardChain
from session import rack, rack_loader
from session.crash_marker import LoadingMarker
from session.patch import NO_ROOM, Chain, Effect, Layer, Patch
from session.rack_loader import RackLoader
from tests.support.foreign.probe import LATENCY, RESTART
from tests.support.foreign.probe_bundle import URI, build_bundle
from tests.support.host_callback import RATE, render
from tests.support.wait_limit import MAX_WAIT_SECONDS

FRAMES, FRAME = 12_000, 1000
BLOCKS = [128, 1, 4096, 300]
FADE = round(CROSSFADE_SECONDS * RATE)
DRY, IN_ITS_ROOM = (Effect(ROOM, NO_ROOM),), (Effect(ROOM),)


@pytest.fixture(scope="module", autouse=True)
def _bundle(tmp_path_factory):
    """The bundle of the probe among those that are installed."""
    folder = tmp_path_factory.mktemp("lv2")
    build_bundle(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LV2_PATH", os.pathsep.join([str(folder), "/usr/lib/lv2"]))
        yield


@pytest.fixture
def late(monkeypatch):
    """The instrument of the probe is late from now on."""
    monkeypatch.setenv("PROBE_FAULT", "late")


@pytest.fixture
def probes(probe_path):
    """The names of the instruments of the probe, by format."""
    return {"clap": f"{probe_path}#probe.instrument", "lv2": f"lv2:{URI}instrument"}


def build(first, second=None, effects=DRY):
    """The rack of one or two instruments, as the window builds it."""
    paths = [each if ":" in each or "#" in each else str(library.find(each)) for each in (first, second) if each]
    layer = Layer(paths[1]) if second else None
    made, problems = rack.build(Path(paths[0]), Chain(effects, layer), follow_voice=False)
    assert problems == []
    return made


def played(made, block=128):
    """The sound (2, FRAMES) of a note at FRAME, and the host that made it."""
    host = Host(RATE, head=[Interpreter()])
    host.play(made.plugins)
    host.midi(0x90, 60, 100, frame=FRAME)
    return render(host, FRAMES, block), host


def delayed(sound, frames=LATENCY):
    """A sound (2, T) so many frames later."""
    return np.concatenate([np.zeros((2, frames), np.float32), sound[:, : sound.shape[1] - frames]], axis=1)


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("form", ["clap", "lv2"])
def test_a_note_sounds_at_one_frame_in_a_late_plugin_and_in_a_learned_instrument(probes, late, form, is_first):
    theirs, _ = played(build(probes[form]))
    ours, _ = played(build("guitar"))
    assert np.flatnonzero(theirs[0])[0] == FRAME + LATENCY
    assert np.flatnonzero(ours[0])[0] == FRAME
    made = build(probes[form], "guitar") if is_first else build("guitar", probes[form])
    together, host = played(made, BLOCKS)
    assert host.latency == LATENCY
    assert made.alignment.delays == ((0, LATENCY) if is_first else (LATENCY, 0))
    np.testing.assert_array_equal(together, theirs + delayed(ours))


def test_an_instrument_with_a_room_of_its_own_is_delayed_with_it(probes, late):
    theirs, _ = played(build(probes["clap"], effects=IN_ITS_ROOM))
    ours, _ = played(build("violin", effects=IN_ITS_ROOM))
    made = build(probes["clap"], "violin", IN_ITS_ROOM)
    assert made.layer_room is not None
    together, _ = played(made, BLOCKS)
    np.testing.assert_allclose(together, theirs + delayed(ours), rtol=1e-6, atol=2e-6)


def test_two_late_plugins_are_not_delayed_and_two_of_ours_have_nothing_between_them(probes, late):
    theirs, _ = played(build(probes["clap"]))
    made = build(probes["clap"], probes["clap"])
    together, host = played(made)
    assert (host.latency, made.alignment.delays) == (LATENCY, (0, 0))
    np.testing.assert_array_equal(together, 2 * theirs)
    assert build("guitar", "gong").bus is None


def test_a_plugin_that_starts_anew_with_another_latency_is_followed(probes, monkeypatch):
    made = build("guitar", probes["clap"])
    (ours, plain), (_, host) = played(build("guitar")), played(made)
    for fault, delay in (("late", LATENCY), ("", 0)):
        monkeypatch.setenv("PROBE_FAULT", fault)
        host.set_param(made.layer, "Mode", RESTART)
        render(host, 128)
        host.poll()
        assert (host.latency, made.alignment.delays) == (delay, (delay, 0))
        render(host, FADE + LATENCY)
        ours = np.concatenate([ours, render(plain, FADE + LATENCY + 128 + 1000)], axis=1)
        expected = ours[:, ours.shape[1] - 1000 - delay : ours.shape[1] - delay]
        assert np.abs(expected).max() > 0.001
        np.testing.assert_array_equal(render(host, 1000), expected)


def test_a_layer_that_is_added_and_removed_while_it_plays_moves_the_first_instrument_by_a_crossfade(
    probes, late, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(rack_loader, "MAX_FADE_SECONDS", MAX_WAIT_SECONDS)
    host = StandardChain(RATE)
    loader, patch = RackLoader(host, LoadingMarker()), Patch(library.find("guitar"), {}, Chain(DRY))
    loader.load(patch, False)
    render(host, 4800)
    both = loader.arrange(replace(patch, chain=Chain(DRY, Layer(probes["clap"])))).loaded.rack
    delay = both.alignment.state["delay"][0]
    assert (both.alignment.delays, delay.tolist()) == ((LATENCY, 0), [0, 0])
    render(host, LATENCY + 128)
    assert delay.tolist() == [LATENCY, 0]
    host.running = lambda: True
    arranging = threading.Thread(target=loader.arrange, args=(patch,))
    arranging.start()
    last = []  # delays while it was in the chain
    while arranging.is_alive():
        is_there = both.alignment in host.chain
        last = delay.tolist() if is_there else last
        render(host, 128)
        time.sleep(0.001)
    assert last == [0, 0]
    assert both.alignment not in host.chain
