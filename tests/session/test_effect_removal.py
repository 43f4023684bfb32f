"""An effect that is removed while a device plays: its fade-out takes frames of the device, however late they come."""

import threading
import time

import pytest

from engine.preset.preset_file import write
from engine.standard_chain import StandardChain
from session import rack_loader
from session.crash_marker import LoadingMarker
from session.patch import Chain, Effect, Patch
from session.rack_loader import FADE_SECONDS, RackLoader
from tests.support.host_callback import RATE, render
from tests.support.resonance_preset import small_preset
from tests.support.wait_limit import MAX_WAIT_SECONDS

BLOCK = 128  # frames


@pytest.fixture
def rack(tmp_path, monkeypatch):
    """A host, its loader with a chorus that plays, and the patch without it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = tmp_path / "small.luthier"
    write(path, small_preset())
    host = StandardChain(RATE)
    loader = RackLoader(host, LoadingMarker())
    assert not loader.load(Patch(path, {}, Chain((Effect("chorus"),))), False).problems
    render(host, 4800, BLOCK)
    host.running = lambda: True
    return host, loader, Patch(path, {}, Chain())


def test_an_effect_is_removed_once_its_fade_was_played_by_a_late_device(rack, monkeypatch):
    monkeypatch.setattr(rack_loader, "MAX_FADE_SECONDS", MAX_WAIT_SECONDS)
    host, loader, plain = rack
    before, chorus = host.frame, host.chain[-1]
    arranging = threading.Thread(target=loader.arrange, args=(plain,))
    arranging.start()
    last_frame = before  # at which the chorus was still in the chain
    while arranging.is_alive():
        if chorus in host.chain:
            last_frame = host.frame
        render(host, BLOCK, BLOCK)
        time.sleep(0.02)  # eight times as long as the block
    assert last_frame - before >= FADE_SECONDS * RATE


def test_an_effect_is_removed_from_a_device_that_plays_no_frames(rack, monkeypatch):
    monkeypatch.setattr(rack_loader, "MAX_FADE_SECONDS", 0.05)
    host, loader, plain = rack
    assert loader.arrange(plain).loaded.chain == Chain()
    assert [plugin.name for plugin in host.chain] == [plugin.name for plugin in loader._now.rack.plugins]
