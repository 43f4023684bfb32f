"""What tests of commands share: a working folder with a score."""

from pathlib import Path

import mido
import pytest


@pytest.fixture
def score_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a score of one note from 0.25 s to 0.5 s."""
    monkeypatch.chdir(tmp_path)
    messages = [
        mido.Message("note_on", note=60, velocity=127, time=240),
        mido.Message("note_off", note=60, time=240),
    ]
    mido.MidiFile(tracks=[mido.MidiTrack(messages)]).save(tmp_path / "score.mid")
    return tmp_path
