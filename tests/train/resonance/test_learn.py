"""Learning of a resonance instrument from a second and a half of synthetic struck bars."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.optimize import nnls

from tests.train.bar_sounds import struck_bars
from train.resonance.config import Config, Sizes
from train.resonance.initialize import SOLVED_FRAMES, _onsets, initialize
from train.resonance.learn import fit, prepare_segment
from train.resonance.model import ResonanceModel
from train.resonance.trainer import ResonanceTrainer
from train.spectral_loss import SpectralTarget
from train.trainer import MAX_RESTORES, Progress

SIZES = Sizes(control=2, resonances=2, modes=8, strike=32, knock=64, attack=512, envelope=32, frames=2**15)
SHORT = Config(sizes=SIZES, steps=24, sites=12)


def _bars() -> torch.Tensor:
    return struck_bars(SIZES.frames, SIZES.rate, 8192, 8)


def _mean_loss(model: ResonanceModel, samples: torch.Tensor, draws: int = 32) -> float:
    """The published loss of a model against samples (N,), a mean over draws of its noise."""
    generator = torch.Generator().manual_seed(1)
    target = SpectralTarget(prepare_segment(samples, model.sizes))
    with torch.no_grad():
        return sum(float(target.loss(model(model.draw_noise(generator)))) for _ in range(draws)) / draws


def test_learning_lowers_the_loss_of_the_initial_weights_with_few_sites(tmp_path):
    sound = _bars()
    initial = ResonanceModel(SIZES, torch.Generator().manual_seed(0))
    initialize(initial, sound, 0)
    learned = fit(sound, replace(SHORT, steps=80), tmp_path)
    assert _mean_loss(learned.model, sound) < 0.7 * _mean_loss(initial, sound)
    assert int((learned.model.gated_control() > 0).sum()) <= 12


def test_initial_weights_find_the_partials_and_their_decays():
    model = ResonanceModel(SIZES, torch.Generator().manual_seed(0))
    initialize(model, _bars(), 0)
    modes = model.modes()
    strongest = modes.residue[:, 0].abs().argmax(1, keepdim=True)
    found = modes.angle[:, 0].gather(1, strongest)[:, 0] * SIZES.rate / (2 * torch.pi)
    decay = modes.decay[:, 0].gather(1, strongest)[:, 0] * SIZES.rate
    assert found.sort().values.tolist() == pytest.approx([600, 950], abs=2)
    assert decay.tolist() == pytest.approx([8, 8], rel=0.3)


def test_onsets_solved_in_windows_are_those_of_the_whole():
    random = np.random.default_rng(0)
    frames, window, hop, decay = 700, 1024, 128, 6 / SIZES.rate
    strokes = (random.random(frames) < 0.03) * random.random(frames)
    time = np.arange(window) + hop * np.arange(1 - window // hop, frames)[:, None]
    response = (np.exp(-decay * np.maximum(time, 0)) * (time >= 0)) @ np.hanning(window + 1)[:-1] / (window / 2)
    lead = window // hop - 1
    activity = np.convolve(strokes, response)[lead : lead + frames] + 0.01 * random.random(frames)
    rows = np.concatenate((np.zeros(frames), response))
    whole = nnls(rows[frames + lead + np.arange(frames)[:, None] - np.arange(frames)], activity)[0]
    assert frames > SOLVED_FRAMES
    np.testing.assert_allclose(_onsets(activity, decay, window, hop), whole, atol=1e-3 * whole.max())


def test_the_same_seed_gives_the_same_weights(tmp_path):
    one, two, other = (
        fit(_bars(), replace(SHORT, seed=seed), tmp_path / name).model.state_dict()
        for name, seed in (("one", 3), ("two", 3), ("other", 4))
    )
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not torch.equal(one["tension"], other["tension"])


def test_a_run_that_was_interrupted_and_resumed_equals_one_that_was_not(tmp_path):
    whole = fit(_bars(), SHORT, tmp_path / "whole")

    def press_ctrl_c(progress: Progress) -> None:
        if progress.step == 10:
            os.kill(os.getpid(), signal.SIGINT)

    first = fit(_bars(), SHORT, tmp_path / "parts", press_ctrl_c)
    assert (first.stopped, len(first.losses)) == (True, 10)
    second = fit(_bars(), SHORT, tmp_path / "parts", resume=True)
    assert second.losses == whole.losses
    ended = second.model.state_dict()
    assert all(torch.equal(value, ended[name]) for name, value in whole.model.state_dict().items())


def test_a_run_whose_process_is_terminated_keeps_every_step_and_can_be_resumed(tmp_path):
    def terminate(progress: Progress) -> None:
        if progress.step == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    few = replace(SHORT, steps=3)
    with pytest.raises(SystemExit):
        fit(_bars(), few, tmp_path / "parts", terminate)
    assert [path.name for path in (tmp_path / "parts").iterdir()] == ["checkpoint.pt"]
    assert fit(_bars(), few, tmp_path / "parts", resume=True).losses == fit(_bars(), few, tmp_path).losses


def test_a_checkpoint_of_another_configuration_is_refused(tmp_path):
    fit(_bars(), replace(SHORT, steps=2), tmp_path)
    with pytest.raises(ValueError, match="another sparsity"):
        fit(_bars(), replace(SHORT, steps=2, sparsity=0.7), tmp_path, resume=True)


def test_a_checkpoint_of_another_recording_is_refused():
    state = ResonanceTrainer(_bars(), SHORT).state()
    with pytest.raises(ValueError, match="from another recording"):
        ResonanceTrainer(0.9 * _bars(), SHORT).restore(state)


def test_a_run_survives_a_loss_that_is_not_finite():
    trainer = ResonanceTrainer(_bars(), SHORT)
    for _ in range(22):
        trainer.step()
    with torch.no_grad():
        trainer.model.gain[0] = float("nan")
    trainer.step()
    trainer.step()
    assert all(torch.isfinite(value).all() for value in trainer.model.state_dict().values())
    assert trainer.restores == 1


def test_a_run_that_never_recovers_ends_with_an_error():
    trainer = ResonanceTrainer(_bars(), SHORT)
    for name in trainer.best:
        trainer.best[name] = torch.full_like(trainer.best[name], float("nan"))
    trainer.model.load_state_dict(trainer.best)
    for _ in range(MAX_RESTORES):
        trainer.step()
    with pytest.raises(ArithmeticError, match="smaller step size"):
        trainer.step()


def test_minutes_end_a_run_whatever_its_steps(tmp_path):
    seen: list[Progress] = []
    learned = fit(_bars(), replace(SHORT, steps=10**6, minutes=0.02), tmp_path, seen.append)
    assert learned.seconds >= 1.2
    assert 1 <= len(learned.losses) < 10**6
    assert seen[-1].left == 0


def test_the_published_start_learns_too(tmp_path):
    learned = fit(_bars(), replace(SHORT, start="random", learning_rate=0.02, steps=100, sites=200), tmp_path)
    assert learned.losses[-1] < 0.9 * learned.losses[0]


def test_a_preview_is_written(tmp_path):
    import soundfile

    fit(_bars(), replace(SHORT, steps=2), tmp_path)
    samples, rate = soundfile.read(Path(tmp_path) / "preview.wav")
    assert (len(samples), rate) == (SIZES.frames, SIZES.rate)
    assert abs(samples).max() > 0.1
