"""Foreign effects opened, moved and dropped under a sound: no click, and no memory that is left."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.acceptance.plugins.plugin_replacement import PLUGINS
from benchmarks.support.constant_and_impulse import ConstantTone
from benchmarks.support.sine_chord import SineChord
from engine.events import Kind
from engine.foreign import load
from engine.foreign.clap.plugin import ClapPlugin
from engine.host import Host
from engine.plugin import Plugin
from tests.support.host_callback import RATE, render

ROUNDS, SETTLED_ROUND = 50, 10
EFFECTS = 20
CHANGED = 6  # effects that are replaced in a round
FADE_FRAMES = RATE // 16
LEVEL = 0.5
MAX_STEP = 2 * LEVEL / 480  # twice that of a fade
MAX_STEP_RATIO = 1.5  # of a change, to the steepest sound before and after it
MAX_GROWTH_BYTES = 5 << 20


def resident_bytes():
    """The memory of this process."""
    return 4096 * int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])


def steepest(sound):
    """The largest step of a sound (2, T) from frame to frame."""
    return float(np.abs(np.diff(sound)).max())


class Row:
    """Effects in a row behind a source, of which some are replaced and all change places in each round."""

    def __init__(self, source, make, random):
        self.host, self.effects = Host(RATE), list[Plugin]()
        self._source, self._make, self._random, self._next = source, make, random, 0
        self.host.play([source])

    def change(self):
        """The sound (2, T) while effects are switched off, replaced and moved, and switched on again."""
        parts = [self._switch(0.0)]
        count = len(self.effects)
        kept = [self.effects[i] for i in self._random.permutation(count)[: max(count - CHANGED, 0)]]
        effects = [*kept, *(self._open() for _ in range(EFFECTS - len(kept)))]
        self.effects = [effects[i] for i in self._random.permutation(EFFECTS)]
        self.host.edit_chain([self._source, *self.effects])
        return np.concatenate([*parts, render(self.host, 128), self._switch(1.0)], axis=1)

    def _open(self):
        """The next effect, switched off."""
        effect = self._make(self._next % EFFECTS)
        effect.switch_off()
        self._next += 1
        return effect

    def _switch(self, on):
        for effect in self.effects:
            self.host.set_param(effect, "on", on)
        return render(self.host, FADE_FRAMES)


def test_effects_come_go_and_change_places_under_a_sound(probe_path, random):
    row = Row(ConstantTone(), lambda n: ClapPlugin(probe_path, f"probe.{('effect', 'mono')[n % 2]}"), random)
    sizes = []
    row.host.send(Kind.NOTE_ON, 60, LEVEL, note=60)
    render(row.host, RATE // 10)
    for _ in range(ROUNDS):
        sound = row.change()
        assert steepest(sound) < MAX_STEP
        np.testing.assert_allclose(sound[:, -1], LEVEL, atol=1e-5)
        sizes.append(resident_bytes())
    assert max(sizes[SETTLED_ROUND:]) - sizes[SETTLED_ROUND] < MAX_GROWTH_BYTES
    assert all(effect.broken_samples == effect.refused_events == 0 for effect in row.effects)


@pytest.mark.verify
def test_effects_of_others_come_go_and_change_places_under_a_chord(random):
    row = Row(SineChord(), lambda n: load(PLUGINS[n]), random)
    alone = after = steepest(render(row.host, RATE // 2))
    for _ in range(ROUNDS):
        changing, before, steady = row.change(), after, render(row.host, RATE // 4)
        after = steepest(steady)
        assert steepest(changing) < MAX_STEP_RATIO * max(alone, before, after)
        assert np.abs(steady).max() > 0.01
    assert all(effect.broken_samples == effect.refused_events == 0 for effect in row.effects)
