"""Parameters and the options of a voice on the command line."""

import numpy as np
import pytest
import soundfile

from cli.main import main
from cli.voice_options import scale
from engine.preset.library import factory_folder
from tests.support.harmonic_tones import RATE, tone
from train.notes.pitch import detect

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


def test_a_voice_is_moved_and_snapped_to_a_scale(tmp_path, random):
    sung = tone(220.0, random, seconds=1.0)[0]
    soundfile.write(tmp_path / "voice.wav", sung, RATE)
    words = ["transfer", str(tmp_path / "voice.wav"), "violin", "--room", "none"]
    answer = heard(tmp_path, *words, "--transpose", "12.4", "--snap", "Db major")
    found = detect(answer[RATE // 2 : RATE].astype(np.float64), RATE, near=466.16).frequency
    assert abs(1200 * np.log2(found / 466.16)) < 10


def test_scales_are_parsed_with_and_without_a_root():
    assert scale("chromatic") == (0, 0)
    assert scale("d minor") == (2, 2)
    assert scale("Bb harmonic minor") == (10, 3)
    with pytest.raises(Exception, match="is no scale; there are chromatic"):
        scale("H dur")
