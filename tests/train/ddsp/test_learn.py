"""Learning decoders: from the toy set of plucked FM tones, on, again, and by several processes together."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from export.ddsp import header
from train.ddsp.dataset import Corpus, gather, split
from train.ddsp.decoder import Sizes
from train.ddsp.learn import Learned, devices, fit
from train.ddsp.model import Instrument
from train.ddsp.segments import Passage
from train.ddsp.synthesis import turns
from train.ddsp.trainer import Config, Run

RATE, HOP = 16_000, 160
SMALL = Sizes(units=24, harmonics=20, taps=20)
QUICK = Config(SMALL, steps=160, batch=4, clip=50, lead=5, step_size=8e-3)


def plucks(notes, seed):
    """FM tones whose index falls with their level, half a second each: sound, pitch and loudness of a passage."""
    random = np.random.default_rng(seed)
    sounds, pitches = [], []
    for frequency in random.uniform(220, 440, notes):
        time = np.arange(RATE // 2) / RATE
        envelope = np.exp(-5 * time) * np.minimum(time / 0.005, 1)
        sounds.append(
            0.8
            * envelope
            * np.sin(2 * np.pi * frequency * time + 2 * envelope * np.sin(2 * np.pi * frequency * time))
        )
        pitches.append(np.full(50, frequency))
    sound = np.concatenate(sounds)
    pitch = torch.tensor(np.append(np.concatenate(pitches), pitches[-1][0])).float()
    power = np.convolve(sound**2, np.ones(HOP) / HOP, "same")[np.minimum(np.arange(len(pitch)) * HOP, len(sound) - 1)]
    loudness = torch.tensor(10 * np.log10(power + 1e-8)).float()
    return Passage(torch.tensor(sound).float(), pitch, loudness, turns(pitch, RATE, HOP))


@pytest.fixture(scope="module")
def corpus():
    learned = plucks(24, 0)
    mean, deviation = float(learned.loudness.mean()), float(learned.loudness.std())
    return Corpus([learned], [plucks(4, 1)], mean, deviation, 220, 440, 1.0, [])


def test_a_few_hundred_steps_learn_plucked_fm_tones(corpus, tmp_path):
    before = Run(corpus, QUICK, devices()).test()
    learned = fit(corpus, QUICK, tmp_path, devices())
    after = min(loss for _, loss in learned.tests)
    assert after < 0.5 * before
    assert not learned.stopped
    assert len(learned.losses) == QUICK.steps
    assert list(tmp_path.glob("events.*"))


def test_a_run_that_was_cut_goes_on_as_if_it_had_not_been(corpus, tmp_path):
    whole = Run(corpus, replace(QUICK, steps=8), devices())
    first = Run(corpus, replace(QUICK, steps=8), devices())
    for run, steps in ((whole, 8), (first, 4)):
        for _ in range(steps):
            run.step()
    torch.save(first.state(), tmp_path / "checkpoint.pt")
    again = Run(corpus, replace(QUICK, steps=8), devices())
    again.restore(torch.load(tmp_path / "checkpoint.pt", weights_only=True))
    for _ in range(4):
        again.step()
    np.testing.assert_allclose(again.losses, whole.losses, rtol=1e-5)


def test_a_checkpoint_of_another_configuration_is_refused(corpus):
    state = Run(corpus, QUICK, devices()).state()
    with pytest.raises(ValueError, match="another step_size"):
        Run(corpus, replace(QUICK, step_size=1e-5), devices()).restore(state)


def test_a_checkpoint_of_other_recordings_or_another_loudness_is_refused(corpus):
    state = Run(corpus, QUICK, devices()).state()
    for change, words in (({"kept": []}, "from other recordings"), ({"mean": corpus.mean + 1}, "told loudness")):
        with pytest.raises(ValueError, match=words):
            Run(replace(corpus, **change), QUICK, devices()).restore(state)


def test_two_processes_keep_the_same_weights_and_learn_from_different_clips(tmp_path):
    script = tmp_path / "both.py"
    script.write_text(
        "import sys, torch\n"
        "from tests.train.ddsp.test_learn import QUICK, plucks\n"
        "from train.ddsp.dataset import Corpus\n"
        "from train.ddsp.learn import devices\n"
        "from train.ddsp.trainer import Run\n"
        "torch.set_num_threads(1)\n"
        "fabric = devices()\n"
        "run = Run(Corpus([plucks(8, 0)], [], -20, 10, 220, 440, 1, []), QUICK, fabric)\n"
        "for _ in range(3): run.step()\n"
        "total = sum(value.double().sum() for value in run.model.parameters()).item()\n"
        "told = f'{fabric.world_size} {total:.9f} {run.losses[0]:.6f}'\n"
        "open(f'{sys.argv[1]}/told{fabric.global_rank}', 'w').write(told)\n"
    )
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--nproc-per-node=2",
        "--standalone",
        str(script),
        str(tmp_path),
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120, env=_environment())
    assert done.returncode == 0, done.stderr[-2000:]
    told = [(tmp_path / f"told{rank}").read_text().split() for rank in range(2)]
    assert [line[0] for line in told] == ["2", "2"]
    assert told[0][1] == told[1][1]
    assert told[0][2] != told[1][2]


def _environment():
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"}


@pytest.mark.parametrize(("counts", "frames"), [([60, 3], (2835, 315)), ([8, 12], (760, 240)), ([8], (400, 0))])
def test_the_end_of_a_few_short_recordings_is_kept_back_if_they_have_enough(counts, frames):
    learned, kept = split([plucks(count, 0) for count in counts], SMALL)
    assert (sum(p.frames for p in learned), sum(p.frames for p in kept)) == frames


@pytest.mark.parametrize(("held", "kept"), [(True, 2.5), (False, None)])
def test_a_preset_tells_a_loss_on_what_was_kept_back_only_where_something_was(corpus, held, kept):
    learned = Learned(Instrument(SMALL), QUICK, [3.0, 2.0], [(1, 2.75), (2, 2.5)], 1.0, False, held)
    assert header(learned, corpus, "0")["training"]["kept"] == kept


def test_recordings_are_heard_judged_and_split(tmp_path):
    time = np.arange(70 * RATE) / RATE
    sound = sum(np.sin(2 * np.pi * 330 * k * time) / k for k in range(1, 8)) * 0.2
    soundfile.write(tmp_path / "tone.wav", sound, RATE)
    found = gather([(tmp_path / "tone.wav", 0.0, None)], SMALL)
    assert [p.frames for p in found.learned] == [5000]
    assert [p.frames for p in found.kept] == [2000]
    assert found.low == pytest.approx(330, rel=1e-3)
    assert found.agreement > 0.99
    assert any("span only 0.0 semitones" in word for word in found.words)
    assert any("only 50 s to learn from" in word for word in found.words)
    short = gather([(tmp_path / "tone.wav", 60.0, 4.0)], SMALL)
    assert [p.frames for p in short.learned + short.kept] == [400]
