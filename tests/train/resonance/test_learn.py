"""Learning as a whole, on a second and a half of struck bars made for it."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.train.bar_sounds import struck_bars
from train.learn import distance, fit
from train.resonance.initialize import begin
from train.resonance.model import Resonance, Sizes
from train.trainer import SETBACKS, Config, Progress, Run

SIZES = Sizes(control=2, resonances=2, modes=8, strike=32, knock=64, attack=512, envelope=32, frames=2**15)
SHORT = Config(sizes=SIZES, steps=24, sites=12)


def _strikes() -> torch.Tensor:
    return struck_bars(SIZES.frames, SIZES.rate, 8192, 8)


def test_learning_brings_the_starting_values_nearer_with_few_sites(tmp_path):
    sound = _strikes()
    beginning = Resonance(SIZES, torch.Generator().manual_seed(0))
    begin(beginning, sound, 0)
    learned = fit(sound, replace(SHORT, steps=80), tmp_path)
    assert distance(learned.model, sound) < 0.7 * distance(beginning, sound)
    assert int((learned.model.played() > 0).sum()) <= 12


def test_starting_values_find_the_partials_and_their_decays():
    model = Resonance(SIZES, torch.Generator().manual_seed(0))
    begin(model, _strikes(), 0)
    modes = model.modes()
    strongest = modes.residue[:, 0].abs().argmax(1, keepdim=True)
    found = modes.angle[:, 0].gather(1, strongest)[:, 0] * SIZES.rate / (2 * torch.pi)
    decay = modes.decay[:, 0].gather(1, strongest)[:, 0] * SIZES.rate
    assert found.sort().values.tolist() == pytest.approx([600, 950], abs=2)
    assert decay.tolist() == pytest.approx([8, 8], rel=0.3)


def test_the_same_seed_gives_the_same_weights(tmp_path):
    one, two, other = (
        fit(_strikes(), replace(SHORT, seed=seed), tmp_path / name).model.state_dict()
        for name, seed in (("one", 3), ("two", 3), ("other", 4))
    )
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not torch.equal(one["tension"], other["tension"])


def test_a_run_that_was_interrupted_and_resumed_is_the_run_that_was_not(tmp_path):
    whole = fit(_strikes(), SHORT, tmp_path / "whole")

    def press_ctrl_c(progress: Progress) -> None:
        if progress.step == 10:
            os.kill(os.getpid(), signal.SIGINT)

    first = fit(_strikes(), SHORT, tmp_path / "parts", press_ctrl_c)
    assert (first.stopped, len(first.losses)) == (True, 10)
    second = fit(_strikes(), SHORT, tmp_path / "parts", resume=True)
    assert second.losses == whole.losses
    ended = second.model.state_dict()
    assert all(torch.equal(value, ended[name]) for name, value in whole.model.state_dict().items())


def test_a_run_whose_process_is_asked_to_end_keeps_every_step_and_goes_on_from_there(tmp_path):
    def ask(progress: Progress) -> None:
        if progress.step == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    few = replace(SHORT, steps=3)
    with pytest.raises(SystemExit):
        fit(_strikes(), few, tmp_path / "parts", ask)
    assert [path.name for path in (tmp_path / "parts").iterdir()] == ["checkpoint.pt"]
    assert fit(_strikes(), few, tmp_path / "parts", resume=True).losses == fit(_strikes(), few, tmp_path).losses


def test_a_checkpoint_of_another_configuration_is_refused(tmp_path):
    fit(_strikes(), replace(SHORT, steps=2), tmp_path)
    with pytest.raises(ValueError, match="another sparsity"):
        fit(_strikes(), replace(SHORT, steps=2, sparsity=0.7), tmp_path, resume=True)


def test_a_checkpoint_of_another_recording_is_refused():
    state = Run(_strikes(), SHORT).state()
    with pytest.raises(ValueError, match="from another recording"):
        Run(0.9 * _strikes(), SHORT).restore(state)


def test_a_run_survives_a_loss_that_is_no_number():
    run = Run(_strikes(), SHORT)
    for _ in range(22):
        run.step()
    with torch.no_grad():
        run.model.gain[0] = float("nan")
    run.step()
    run.step()
    assert all(torch.isfinite(value).all() for value in run.model.state_dict().values())
    assert run.setbacks == 1


def test_a_run_that_never_recovers_ends_in_words():
    run = Run(_strikes(), SHORT)
    for name in run.best:
        run.best[name] = torch.full_like(run.best[name], float("nan"))
    run.model.load_state_dict(run.best)
    for _ in range(SETBACKS):
        run.step()
    with pytest.raises(ArithmeticError, match="smaller step size"):
        run.step()


def test_minutes_end_a_run_whatever_its_steps(tmp_path):
    seen: list[Progress] = []
    learned = fit(_strikes(), replace(SHORT, steps=10**6, minutes=0.02), tmp_path, seen.append)
    assert learned.seconds >= 1.2
    assert 1 <= len(learned.losses) < 10**6
    assert seen[-1].left == 0


def test_the_published_start_learns_too(tmp_path):
    learned = fit(_strikes(), replace(SHORT, start="random", step_size=0.02, steps=100, sites=200), tmp_path)
    assert learned.losses[-1] < 0.9 * learned.losses[0]


def test_a_preview_can_be_listened_to(tmp_path):
    import soundfile

    fit(_strikes(), replace(SHORT, steps=2), tmp_path)
    samples, rate = soundfile.read(Path(tmp_path) / "preview.wav")
    assert (len(samples), rate) == (SIZES.frames, SIZES.rate)
    assert abs(samples).max() > 0.1
