"""How a run of learning ends in words, and that its minutes begin with its first step."""

import json

import numpy as np
import pytest
import soundfile
import torch

from cli.learn.progress import DONE, STOPPED, ending_of
from cli.main import main
from train.resonance.config import Config, Sizes
from train.resonance.trainer import ResonanceTrainer


@pytest.mark.parametrize(
    ("stopped", "steps", "usual", "ending"),
    [
        (False, 3000, 3000, DONE),
        (False, 300, 3000, DONE),
        (False, 299, 3000, "only 299 steps, where 3000 are usual"),
        (False, 1, 10_000, "only 1 step, where 10000 are usual"),
        (True, 1, 10_000, STOPPED),
        (False, 1, 0, DONE),
    ],
)
def test_a_run_of_too_few_steps_is_not_done(stopped, steps, usual, ending):
    assert ending_of(stopped, steps, usual).startswith(ending)


def test_preparing_a_run_is_no_part_of_its_minutes():
    sound = torch.sin(0.1 * torch.arange(8192.0)) * torch.exp(-0.001 * torch.arange(8192.0))
    trainer = ResonanceTrainer(sound, Config(Sizes(control=2, resonances=2, modes=4, frames=8192), minutes=1.0))
    assert (trainer.seconds, trainer.fraction_done()) == (0.0, 0.0)
    trainer.step()
    assert trainer.seconds > 0


def test_the_command_says_that_steps_were_few(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    time = np.arange(22050) / 22050
    soundfile.write("string.wav", 0.5 * np.sin(2 * np.pi * 440 * time) * np.exp(-6 * time), 22050)
    words = ["--as", "piece", "--control", "2", "--resonances", "2", "--modes", "4", "--length", "1", "--steps", "2"]
    assert main(["learn", "resonance", "string.wav", *words, "-o", "./a.luthier", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["ending"].startswith("only 2 steps, where 3000")
