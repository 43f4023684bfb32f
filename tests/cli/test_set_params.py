"""Parameters on the command line."""

import numpy as np
import pytest
import soundfile

from cli.main import main
from engine.preset.library import factory_folder

DEMO = str(factory_folder() / "demo.mid")


def heard(tmp_path, *words):
    out = tmp_path / "out.wav"
    assert main([*words, "-o", str(out)]) == 0
    return soundfile.read(out)[0].mean(axis=1)


def test_a_parameter_is_set_before_the_first_note(tmp_path):
    loud, soft = (
        heard(tmp_path, "render", "guitar", DEMO, "--seconds", "1", *words) for words in ((), ("--set", "level=-12"))
    )
    assert 20 * np.log10(loud.std() / soft.std()) == pytest.approx(20, abs=9)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("loudness=3", "there is no knob 'loudness'; there are resonance."),
        ("level=much", "'much' is no number; say level=VALUE"),
        ("level=900", "level goes from "),
    ],
)
def test_a_missing_parameter_or_a_value_out_of_range_is_refused(tmp_path, capsys, word, said):
    assert main(["render", "guitar", DEMO, "--set", word, "-o", str(tmp_path / "out.wav")]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
