"""The sound map of a learned instrument."""

import numpy as np

from engine.instruments import make
from engine.snapshots.similarity_map import sound_map
from tests.support import events_preset, ssm_preset
from tests.support.resonance_preset import small_preset


def test_every_sounding_dimension_has_a_position_and_pitched_ones_the_nearest_key():
    preset = ssm_preset.preset()
    found = sound_map(make(preset))
    assert found.driven
    assert len(set(found.plain.tolist())) == len(found)
    for axis in (found.x, found.y):
        assert axis.min() >= 0
        assert axis.max() <= 1
    pitched = found.note >= 0
    assert pitched.any()
    near = 69 + 12 * np.log2(found.pitch[pitched] / 440)
    np.testing.assert_allclose(found.note[pitched], near, atol=0.51)


def test_events_without_a_pitch_have_keys_of_their_own_and_those_with_one_the_nearest():
    found = sound_map(make(events_preset.preset()))
    assert not found.driven
    assert (found.note[found.pitch == 0] == -1).all()
    near = 69 + 12 * np.log2(found.pitch[found.note >= 0] / 440)
    np.testing.assert_allclose(found.note[found.note >= 0], near, atol=0.51)
    assert (found.plain[found.pitch == 0] >= 0).all()


def test_similar_sounds_lie_near_each_other():
    preset = ssm_preset.preset()
    entrance = np.zeros_like(preset.tensors["input"])
    half = entrance.shape[1] // 2
    entrance[0, :half], entrance[1, half:] = 1, 1
    entrance += 0.01 * np.random.default_rng(1).normal(size=entrance.shape)
    preset.tensors["input"] = entrance.astype(np.float32)
    preset.tensors["energy"] = np.ones_like(preset.tensors["energy"])
    found = sound_map(make(preset))
    low = found.plain < half
    assert max(found.x[low].max() - found.x[~low].min(), 0) == 0 or found.x[low].min() > found.x[~low].max()


def test_an_instrument_of_modes_has_no_sound_map():
    assert sound_map(make(small_preset())) is None
