"""Foreign effects opened, moved and dropped under a sound: no click, and no memory that is left."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.support.constant_and_impulse import ConstantTone
from engine.events import Kind
from engine.foreign.clap.plugin import ClapPlugin
from engine.host import Host
from tests.support.host_callback import RATE, render

ROUNDS, SETTLED_ROUND = 50, 10
EFFECTS = 11  # all slots of a chain but one
CHANGED = 4  # effects that are replaced in a round
FADE_FRAMES = RATE // 16
LEVEL = 0.5
MAX_STEP = 2 * LEVEL / 480  # twice that of a fade
MAX_GROWTH_BYTES = 5 << 20


def resident_bytes():
    """The memory of this process."""
    return 4096 * int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])


@pytest.fixture
def open_effects(probe_path):
    """A function that opens effects, stereo and mono in turn, switched off."""

    def make(count):
        made = [ClapPlugin(probe_path, f"probe.{('effect', 'mono')[i % 2]}") for i in range(count)]
        for effect in made:
            effect.switch_off()
        return made

    return make


def test_effects_come_go_and_change_places_under_a_sound(open_effects, random):
    host, tone, effects, sizes = Host(RATE), ConstantTone(), [], []
    host.play([tone])
    host.send(Kind.NOTE_ON, 60, LEVEL, note=60)
    render(host, RATE // 10)
    for _ in range(ROUNDS):
        parts = []
        for effect in effects:
            host.set_param(effect, "on", 0.0)
        parts.append(render(host, FADE_FRAMES))
        kept = [effects[i] for i in random.permutation(len(effects))[: max(len(effects) - CHANGED, 0)]]
        effects = [*kept, *open_effects(EFFECTS - len(kept))]
        effects = [effects[i] for i in random.permutation(EFFECTS)]
        host.edit_chain([tone, *effects])
        parts.append(render(host, 128))
        for effect in effects:
            host.set_param(effect, "on", 1.0)
        parts.append(render(host, FADE_FRAMES))
        sound = np.concatenate(parts, axis=1)
        assert np.abs(np.diff(sound)).max() < MAX_STEP
        np.testing.assert_allclose(sound[:, -1], LEVEL, atol=1e-5)
        sizes.append(resident_bytes())
    assert max(sizes[SETTLED_ROUND:]) - sizes[SETTLED_ROUND] < MAX_GROWTH_BYTES
    assert all(effect.broken_samples == effect.refused_events == 0 for effect in effects)
