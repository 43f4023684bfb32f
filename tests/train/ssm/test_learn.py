"""Learning of a state-space instrument: whole runs."""

import os
import signal
from dataclasses import replace

import numpy as np
import torch

from tests.train.bar_sounds import struck_bars
from train.ssm.config import PUBLISHED, Config, Sizes
from train.ssm.frame_artifacts import edge_jump_ratio
from train.ssm.learn import fit
from train.ssm.trainer import StateSpaceTrainer
from train.trainer import Progress

SIZES = Sizes(control=4, state=16, frame=64, samples=2**14)
SHORT = Config(sizes=SIZES, steps=24, sites=12)


def bars() -> torch.Tensor:
    return struck_bars(SIZES.samples, SIZES.rate, 4096, 12)


def test_learning_lowers_the_loss_with_few_sites_and_stays_a_contraction(tmp_path):
    learned = fit(bars(), replace(SHORT, steps=60), tmp_path)
    silence = StateSpaceTrainer(bars(), SHORT).silence
    assert np.mean(learned.losses[-5:]) < 0.6 * silence
    assert int((learned.model.gated_control() > 0).sum()) <= 12
    assert np.linalg.norm(learned.model.recurrence.detach().double().numpy(), 2) <= 0.998 + 1e-5


def test_initial_weights_from_the_recording_beat_the_published_recipe(tmp_path):
    ours = fit(bars(), replace(SHORT, steps=60), tmp_path / "ours")
    published = fit(bars(), replace(PUBLISHED, sizes=SIZES, steps=60, sites=12), tmp_path / "published")
    assert np.mean(ours.losses[-5:]) < np.mean(published.losses[-5:])
    assert float(edge_jump_ratio(ours.model().detach(), 64)) < 1.05


def test_a_run_that_was_interrupted_and_resumed_equals_one_that_was_not(tmp_path):
    whole = fit(bars(), SHORT, tmp_path / "whole")

    def press_ctrl_c(progress: Progress) -> None:
        if progress.step == 10:
            os.kill(os.getpid(), signal.SIGINT)

    first = fit(bars(), SHORT, tmp_path / "parts", press_ctrl_c)
    assert (first.stopped, len(first.losses)) == (True, 10)
    second = fit(bars(), SHORT, tmp_path / "parts", resume=True)
    assert second.losses == whole.losses
    ended = second.model.state_dict()
    assert all(torch.equal(value, ended[name]) for name, value in whole.model.state_dict().items())
