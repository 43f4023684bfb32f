"""A full disk is one line and status 2, and what was there before stays."""

import os
import subprocess
import sys

import numpy as np
import pytest
import soundfile
import torch

from cli.main import main
from engine.atomic_write import DiskFullError
from engine.kinds.ddsp import random_preset
from engine.preset.preset_file import Preset, PresetError, write
from tests.support.drawn_instrument import write_instrument_and_score
from tests.support.limited_files import limited_files
from train.ssm.config import Config, Sizes
from train.ssm.trainer import StateSpaceTrainer

MAX_FILE_BYTES = 3000  # larger than what is there, smaller than what is written


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A small instrument, a score and a voice."""
    monkeypatch.chdir(tmp_path)
    write_instrument_and_score(tmp_path)
    soundfile.write("voice.wav", 0.3 * np.sin(np.arange(24_000) / 9), 24_000)
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ["render", "drawn.luthier", "score.mid", "--seconds", "0.5", "-o", "out.wav"],
        ["render", "drawn.luthier", "score.mid", "--seconds", "0.5", "-o", "out.flac"],
        ["transfer", "voice.wav", "drawn.luthier", "-o", "out.wav"],
        ["export", "drawn.luthier", "-o", "out.safetensors"],
        ["export", "drawn.luthier", "-o", "out.onnx"],
        ["export", "drawn.luthier", "-o", "out.wav"],
    ],
)
def test_every_command_that_writes_says_so_in_one_line(folder, capsys, words):
    assert main(words) == 0  # what is compiled is cached
    out = folder / words[-1]
    before = out.read_bytes()
    assert len(before) > MAX_FILE_BYTES
    names = sorted(path.name for path in folder.iterdir())
    capsys.readouterr()
    with limited_files(MAX_FILE_BYTES):
        assert main(words) == 2
    told = capsys.readouterr().err.splitlines()
    assert told[-1].startswith("luthier: ")
    assert out.name in told[-1]
    assert "Errno" not in told[-1]
    assert out.read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == names


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a device that is always full")
def test_an_output_without_room_is_one_line(folder):
    with open("/dev/full", "w") as full:
        words = [sys.executable, "-m", "cli.main", "show", "drawn.luthier"]
        done = subprocess.run(words, check=False, stdout=full, stderr=subprocess.PIPE, text=True, cwd=folder)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("luthier: the disk is full")


def test_a_checkpoint_without_room_leaves_the_last_one(folder):
    sizes = Sizes(control=4, state=16, frame=64, samples=2**13)
    trainer = StateSpaceTrainer(torch.randn(sizes.samples), Config(sizes=sizes, steps=2, sites=4))
    path = folder / "checkpoint.pt"
    trainer.save(path)
    before = path.read_bytes()
    with pytest.raises(DiskFullError, match=r"checkpoint\.pt"), limited_files(MAX_FILE_BYTES):
        trainer.save(path)
    assert path.read_bytes() == before
    assert torch.load(path, weights_only=True)["config"]["steps"] == 2


def test_an_instrument_without_room_leaves_the_one_of_its_name(folder):
    header, tensors = random_preset(taps=900)
    before = (folder / "drawn.luthier").read_bytes()
    with pytest.raises(PresetError, match=r"drawn\.luthier"), limited_files(MAX_FILE_BYTES):
        write(folder / "drawn.luthier", Preset({**header, "level": -24.0}, tensors))
    assert (folder / "drawn.luthier").read_bytes() == before
