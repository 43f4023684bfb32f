"""Options of a voice: transposition and scales."""

import numpy as np
import pytest
import soundfile

from cli.voice_options import scale
from tests.cli.test_set_params import heard
from tests.support.harmonic_tones import RATE, tone
from train.notes.pitch import detect


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
