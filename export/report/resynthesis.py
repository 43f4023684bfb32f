"""A recording played again by an instrument that has no score of its own: it answers, or strikes its key."""

from collections.abc import Iterator

import numpy as np

from engine.chain import follow_voice, make_chain
from engine.pitch_names import pitch_of
from engine.preset.preset_file import Preset
from engine.render import render
from engine.rig import Rig
from engine.voice.offline_tracking import follow
from engine.voice_latency import latency
from engine.voice_transfer import fit, play

from . import demo_notes
from .audio_clip import HOP, RATE, Clip, fade_out, recording_clip

PIECE = 0.5  # seconds of a piece, where a recording is cut up
STRUCK = 110  # velocity of a note that is held against a recorded one
TAIL = 3.0  # seconds that an answer may take to die away


def voice_clips(preset: Preset, recording: np.ndarray, seed: int) -> Iterator[Clip]:
    """What a decoded instrument makes of a recording (2, T), and of its pieces in another order."""
    yield recording_clip(recording)
    mono = recording.mean(axis=0)
    words = "The instrument follows pitch and loudness of the recording, and nothing else."
    yield Clip("Played again", words, fade_out(_answer(preset, mono)[:, : len(mono)]))
    size = round(PIECE * RATE)
    pieces = [mono[first : first + size] for first in range(0, len(mono), size)]
    order = np.random.default_rng(seed).permutation(len(pieces))
    words = "The recording cut into half seconds, played again in another order."
    yield Clip("Permuted", words, _answer(preset, np.concatenate([pieces[i] for i in order])))


def note_clips(preset: Preset, recording: np.ndarray) -> Iterator[Clip]:
    """A recorded note (2, T), and the key that is nearest to it."""
    from train.notes.onset import find_onset
    from train.notes.pitch import detect

    yield recording_clip(recording)
    mono = recording.mean(axis=0)
    begin = find_onset(mono, RATE)
    pitch = detect(mono[begin:], RATE)
    low, high = (preset.header.get("keys", {}).get(name, usual) for name, usual in (("low", 0), ("high", 127)))
    key = round(pitch_of(pitch.frequency)) if pitch.is_reliable else (low + high) // 2
    seconds = len(mono) / RATE
    struck = demo_notes.Note(begin / RATE, seconds, min(max(key, low), high), STRUCK)
    rig = Rig(RATE)
    rig.play(make_chain(preset))
    sound = fade_out(render(rig, demo_notes.to_score([struck]), seconds))
    yield Clip("Played again", "One key of the instrument, at the moment and the pitch of the recording.", sound)


def _answer(preset: Preset, sound: np.ndarray) -> np.ndarray:
    """What an instrument answers to a voice (T,), as `luthier transfer` does: (2, T')."""
    rig = Rig(RATE)
    rig.play(follow_voice(make_chain(preset)))
    try:
        fitting = fit(follow(sound, RATE, HOP), preset.header, HOP)
    except ValueError as error:
        raise ValueError(f"the recording cannot be played again: {error}") from None
    for name, value in (("follow", 0), ("level", fitting.gain), ("transpose", fitting.transpose), ("dry", -60)):
        rig.set(rig.row[0], name, value)
    late = latency(rig.row, RATE)
    removed = round((late.of_pitch + late.of_loudness) / 2 * RATE)
    return np.concatenate(list(play(rig, sound.astype(np.float32), tail=TAIL)), axis=1)[:, removed:]
