"""Snapshots of modes show what was learned and what sounds."""

import numpy as np
import pytest

from engine.instruments import make
from engine.plugin import param_values
from engine.snapshots import modes as picture
from engine.standard_chain import StandardChain
from tests.support.host_callback import render
from tests.support.resonance_preset import small_preset
from tests.support.simple_plugins import Organ


@pytest.fixture
def host() -> StandardChain:
    """A small instrument of two resonances at 110 and 220 Hz, played by notes."""
    host = StandardChain(48_000.0)
    host.play([make(small_preset(params={"play": 1}))])
    render(host, 2048)
    return host


def test_the_learned_modes_are_those_of_the_preset(host):
    seen, tensors = picture.learned_modes(host.chain[0]), small_preset().tensors
    wanted = tensors["frequency"][:, -1, 0].ravel()
    assert set(np.round(seen.frequency, 3)) <= set(np.round(wanted.astype(float), 3))
    assert len(seen) > 8
    assert seen.level.max() == 1


def test_no_mode_sounds_before_a_note(host):
    assert len(picture.sounding_modes(host.chain[0])) == 0


def test_sounding_modes_have_the_frequencies_of_the_key_and_decay_as_learned(host):
    host.midi(0x90, 45 + 2, 100)  # a tone above 110 Hz
    render(host, 4800)
    first = picture.sounding_modes(host.chain[0], 0)
    tensors = small_preset().tensors
    learned = tensors["frequency"][0, :, 0]
    moved = learned * (440 * 2 ** ((47 - 69) / 12) / 110)
    between = (first.frequency >= moved.min(axis=0) * 0.999) & (first.frequency <= moved.max(axis=0) * 1.001)
    assert between.all()
    assert set(first.resonance) == {0}
    render(host, 4800)
    second = picture.sounding_modes(host.chain[0], 0)
    assert second.level / first.level == pytest.approx(np.exp(-first.decay * 0.1), rel=0.02)


def test_every_resonance_is_played_by_the_key_that_transposes_it_least(host):
    assert [picture.key_of(host.chain[0], r) for r in range(2)] == [45, 57]


def test_an_instrument_without_modes_has_none_in_its_snapshots():
    assert len(picture.learned_modes(Organ())) == len(picture.sounding_modes(Organ())) == 0
    assert param_values(Organ()) is None
    assert picture.key_of(Organ(), 0) == -1
