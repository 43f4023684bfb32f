"""A preset of kind ddsp is read as it was written, or refused with a reason."""

from dataclasses import replace

import numpy as np
import pytest

from engine.kinds import KINDS
from engine.kinds.ddsp import random_preset
from engine.preset.preset_file import Preset, check, read, write
from tests.support.resonance_preset import small_preset


def test_the_article_has_4837670_numbers():
    _, tensors = random_preset(units=512, harmonics=100, bands=65, taps=16_000)
    assert sum(tensor.size for tensor in tensors.values()) == 4_837_670


@pytest.mark.parametrize("half", [False, True])
def test_a_decoder_is_read_as_it_was_written(tmp_path, half):
    header, tensors = random_preset(float16=half)
    write(tmp_path / "drawn.luthier", Preset(header, tensors))
    back = read(tmp_path / "drawn.luthier")
    assert back.header == header
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(back.tensors[name], tensor)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("hop", 0, "'hop' is 0"),
        ("hop", 160.5, "'hop' is 160.5"),
        ("dry", None, "'dry' is None"),
        ("dry", 2.0, "'dry' is 2"),
        ("features", None, "the pitch None"),
        ("features", {"pitch": "midi", "mean": "loud", "deviation": 10}, "mean loudness 'loud'"),
        ("features", {"pitch": "midi", "mean": -40, "deviation": 0}, "deviation 0"),
        ("pitch", {"low": 400, "high": 200}, "'pitch' is"),
        ("pitch", {"low": 100, "high": 8000}, "below 8000"),
        ("pitch", [100, 200], "'pitch' is"),
    ],
)
def test_an_unplayable_header_is_refused(key, value, words):
    header, tensors = random_preset()
    with pytest.raises(ValueError, match=words):
        check(Preset({**header, key: value}, tensors))


def test_every_kind_that_declares_to_follow_a_voice_needs_the_loudness_and_range_of_pitch():
    preset = small_preset()
    kind = replace(KINDS["resonance"], follows_voice=True)
    voice = {"features": {"mean": -40.0}, "pitch": {"low": 100.0, "high": 1000.0}}
    kind.validate({**preset.header, **voice}, preset.tensors)
    for missing, words in (("features", "mean loudness None"), ("pitch", "'pitch' is None")):
        header = {**preset.header, **voice}
        del header[missing]
        with pytest.raises(ValueError, match=words):
            kind.validate(header, preset.tensors)


@pytest.mark.parametrize(
    ("name", "shape", "words"),
    [
        ("gru_input", (48, 31), "2 × 16 units"),
        ("gru_state", (47, 16), "'gru_state' has shape"),
        ("pitch_0_weight", (16, 2), "'pitch_0_weight' has shape"),
        ("harmonics_bias", (13,), "'harmonics_bias' has shape"),
        ("room", (0,), "size T"),
        ("room", (160_001,), "at most 10 s"),
    ],
)
def test_tensors_that_do_not_fit_are_refused(name, shape, words):
    header, tensors = random_preset()
    tensors[name] = np.zeros(shape, np.float32)
    with pytest.raises(ValueError, match=words):
        check(Preset(header, tensors))
