"""Learning of events: whole runs."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch

from train.events.config import Config, Sizes
from train.events.dataset import Dataset, load_dataset
from train.events.initial_dictionary import new_model
from train.events.learn import fit
from train.events.model import EventModel
from train.events.trainer import EventTrainer

TINY = Sizes(channels=16, keys=88, events=8, embedding=48, width=8, pitches=12, impulse=256, samples=2**13, rooms=3)
SHORT = Config(TINY, steps=12, synthetic=2)


def model(sizes: Sizes = TINY) -> EventModel:
    return new_model(sizes, torch.Generator().manual_seed(1)).eval()


def plucked() -> torch.Tensor:
    """Two seconds of a string of 220 Hz, plucked four times."""
    time = torch.arange(22050) / 22050
    string = sum(torch.sin(2 * torch.pi * 220 * k * time) / k for k in range(1, 6)) * torch.exp(-6 * time)
    sound = torch.zeros(3 * 22050)
    for first in (0, 9000, 20000, 31000):
        sound[first : first + 22050] += string
    return sound / sound.abs().max()


def dataset() -> Dataset:
    return Dataset([plucked()], [], 22050, [])


def test_a_run_learns_from_notes_then_synthetic_segments_then_recordings():
    sounds = [plucked()[first : first + 9000] for first in (0, 20000)]
    trainer = EventTrainer(replace(dataset(), notes=sounds), replace(SHORT, steps=30, stages=(0.4, 0.7)))
    encoder, decoder = trainer.model.encoder.plane.weight, trainer.model.decoder.wave.weight
    moved = []
    for _ in range(30):
        before = encoder.detach().clone(), decoder.detach().clone()
        trainer.step()
        moved.append((not torch.equal(encoder, before[0]), not torch.equal(decoder, before[1])))
    assert trainer.stage_steps == [0, 12, 21]
    assert moved == 12 * [(False, True)] + 9 * [(True, False)] + 9 * [(True, True)]
    assert np.mean(trainer.losses[10:12]) < np.mean(trainer.losses[:2])


@pytest.mark.verify
def test_a_run_learns_and_can_be_resumed(tmp_path):
    config = replace(SHORT, steps=30)
    whole = fit(dataset(), config, tmp_path / "whole")
    initial = EventTrainer(dataset(), config).validation_loss()
    assert whole.validation_loss < 0.95 * initial
    trainer = EventTrainer(dataset(), SHORT)
    for _ in range(4):
        trainer.step()
    again = EventTrainer(dataset(), SHORT)
    again.restore(trainer.state())
    for one in (trainer, again):
        one.step()
        one.step()
    assert trainer.losses == again.losses
    with pytest.raises(ValueError, match="another batch"):
        EventTrainer(dataset(), replace(SHORT, batch=1)).restore(trainer.state())


def test_recordings_are_loaded_and_split(tmp_path):
    time = np.arange(12 * 22050) / 22050
    soundfile.write(tmp_path / "long.wav", 0.25 * np.sin(2 * np.pi * 440 * time), 22050)
    found = load_dataset([(str(tmp_path / "long.wav"), 0.0, None), (str(tmp_path / "long.wav"), 1.0, 2.0)], 22050)
    assert [round(len(sound) / 22050, 1) for sound in found.training + found.validation] == [10.8, 2.0, 1.2]
    assert found.draw(3, 4096, torch.Generator().manual_seed(0)).shape == (3, 4096)
    assert found.validation_segments(4096).abs().amax() == pytest.approx(1, abs=0.01)
    note = np.sin(2 * np.pi * 220 * time[:22050]) * np.exp(-5 * time[:22050])
    notes = [str(tmp_path / f"{number}.wav") for number in range(13)]
    for path in notes:
        soundfile.write(path, np.concatenate([np.zeros(5000), 0.5 * note]), 22050)
    found = load_dataset([(path, 0.0, None) for path in notes], 22050)
    assert (len(found.notes), found.validation_files, len(found.validation), len(found.training)) == (
        12,
        notes[11:12],
        1,
        12,
    )
    assert all(abs(len(one) - 22050) < 50 for one in found.notes)
    soundfile.write(tmp_path / "silent.wav", np.zeros(22050), 22050)
    with pytest.raises(ValueError, match="silent"):
        load_dataset([(str(tmp_path / "silent.wav"), 0.0, None)], 22050)
