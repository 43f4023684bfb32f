"""Learning of DDSP models from synthetic plucked FM tones, resumed, and by several processes together."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from export.ddsp import make_header
from train.ddsp.config import Config, Sizes
from train.ddsp.dataset import Dataset, load_dataset, split_validation
from train.ddsp.learn import LearnedDdsp, fit, make_fabric
from train.ddsp.model import DdspModel
from train.ddsp.random_clips import Segment
from train.ddsp.synthesis import phase_in_cycles
from train.ddsp.trainer import DdspTrainer

RATE, HOP = 16_000, 160
SMALL = Sizes(units=24, harmonics=20, taps=20)
QUICK = Config(SMALL, steps=160, batch=4, clip=50, lead=5, learning_rate=8e-3)


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
    return Segment(torch.tensor(sound).float(), pitch, loudness, phase_in_cycles(pitch, RATE, HOP))


@pytest.fixture(scope="module")
def dataset():
    learned = plucks(24, 0)
    mean, deviation = float(learned.loudness.mean()), float(learned.loudness.std())
    return Dataset([learned], [plucks(4, 1)], mean, deviation, 220, 440, 1.0, [])


@pytest.mark.verify
def test_a_few_hundred_steps_learn_plucked_fm_tones(dataset, tmp_path):
    before = DdspTrainer(dataset, QUICK, make_fabric()).validate()
    learned = fit(dataset, QUICK, tmp_path, make_fabric())
    after = min(loss for _, loss in learned.validations)
    assert after < 0.5 * before
    assert not learned.stopped
    assert len(learned.losses) == QUICK.steps
    assert list(tmp_path.glob("events.*"))


def test_a_resumed_run_equals_one_that_was_not_interrupted(dataset, tmp_path):
    whole = DdspTrainer(dataset, replace(QUICK, steps=8), make_fabric())
    first = DdspTrainer(dataset, replace(QUICK, steps=8), make_fabric())
    for run, steps in ((whole, 8), (first, 4)):
        for _ in range(steps):
            run.step()
    torch.save(first.state(), tmp_path / "checkpoint.pt")
    again = DdspTrainer(dataset, replace(QUICK, steps=8), make_fabric())
    again.restore(torch.load(tmp_path / "checkpoint.pt", weights_only=True))
    for _ in range(4):
        again.step()
    np.testing.assert_allclose(again.losses, whole.losses, rtol=1e-5)


def test_a_checkpoint_of_another_configuration_is_refused(dataset):
    state = DdspTrainer(dataset, QUICK, make_fabric()).state()
    with pytest.raises(ValueError, match="another learning_rate"):
        DdspTrainer(dataset, replace(QUICK, learning_rate=1e-5), make_fabric()).restore(state)


def test_a_checkpoint_of_other_recordings_or_another_loudness_is_refused(dataset):
    state = DdspTrainer(dataset, QUICK, make_fabric()).state()
    for change, words in (
        ({"validation": []}, "from other recordings"),
        ({"mean": dataset.mean + 1}, "told loudness"),
    ):
        with pytest.raises(ValueError, match=words):
            DdspTrainer(replace(dataset, **change), QUICK, make_fabric()).restore(state)


@pytest.mark.verify
def test_two_processes_keep_the_same_weights_and_learn_from_different_clips(tmp_path):
    script = tmp_path / "both.py"
    script.write_text(
        "import sys, torch\n"
        "from tests.train.ddsp.test_learn import QUICK, plucks\n"
        "from train.ddsp.dataset import Dataset\n"
        "from train.ddsp.learn import make_fabric\n"
        "from train.ddsp.trainer import DdspTrainer\n"
        "torch.set_num_threads(1)\n"
        "fabric = make_fabric()\n"
        "run = DdspTrainer(Dataset([plucks(8, 0)], [], -20, 10, 220, 440, 1, []), QUICK, fabric)\n"
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
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600, env=_environment())
    assert done.returncode == 0, done.stderr[-2000:]
    told = [(tmp_path / f"told{rank}").read_text().split() for rank in range(2)]
    assert [line[0] for line in told] == ["2", "2"]
    assert told[0][1] == told[1][1]
    assert told[0][2] != told[1][2]


def _environment():
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "OMP_NUM_THREADS": "1"}


@pytest.mark.parametrize(("counts", "frames"), [([60, 3], (2835, 315)), ([8, 12], (760, 240)), ([8], (400, 0))])
def test_the_end_of_a_few_short_recordings_is_for_validation_if_they_have_enough(counts, frames):
    learned, kept = split_validation([plucks(count, 0) for count in counts], SMALL)
    assert (sum(p.frames for p in learned), sum(p.frames for p in kept)) == frames


@pytest.mark.parametrize(("held", "kept"), [(True, 2.5), (False, None)])
def test_a_preset_has_a_validation_loss_only_with_a_validation_set(dataset, held, kept):
    learned = LearnedDdsp(DdspModel(SMALL), QUICK, [3.0, 2.0], 1.0, False, [(1, 2.75), (2, 2.5)], held)
    assert make_header(learned, dataset, "0")["training"]["kept"] == kept


def test_recordings_are_loaded_checked_and_split(tmp_path):
    time = np.arange(70 * RATE) / RATE
    sound = sum(np.sin(2 * np.pi * 330 * k * time) / k for k in range(1, 8)) * 0.2
    soundfile.write(tmp_path / "tone.wav", sound, RATE)
    found = load_dataset([(tmp_path / "tone.wav", 0.0, None)], SMALL)
    assert [p.frames for p in found.training] == [5000]
    assert [p.frames for p in found.validation] == [2000]
    assert found.low == pytest.approx(330, rel=1e-3)
    assert found.agreement > 0.99
    assert any("span only 0.0 semitones" in word for word in found.warnings)
    assert any("only 50 s to learn from" in word for word in found.warnings)
    short = load_dataset([(tmp_path / "tone.wav", 60.0, 4.0)], SMALL)
    assert [p.frames for p in short.training + short.validation] == [400]
