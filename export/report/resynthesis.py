"""Resynthesis of a recording with an instrument that has no score: from its pitch and loudness, or by one key."""

from collections.abc import Iterator

import numpy as np

from engine.instrument_chain import follow_voice, make_chain
from engine.pitch_and_frequency import pitch_of
from engine.preset.preset_file import Preset
from engine.render import render
from engine.standard_chain import StandardChain
from engine.voice.offline_tracking import track_recording
from engine.voice_latency import measure_latency
from engine.voice_transfer import fit_voice, render_transfer

from . import demo_notes
from .audio_clip import HOP_SECONDS, RATE, Clip, fade_out, recording_clip

PIECE_SECONDS = 0.5  # length of the pieces that are permuted
VELOCITY = 110  # velocity of a note that is compared with a recorded one
TAIL_SECONDS = 3.0  # for the decay of the sound


def voice_clips(preset: Preset, recording: np.ndarray, seed: int) -> Iterator[Clip]:
    """A recording (2, T), the instrument following it, and following its pieces in random order."""
    yield recording_clip(recording)
    mono = recording.mean(axis=0)
    description = "The instrument follows pitch and loudness of the recording, and nothing else."
    yield Clip("Played again", description, fade_out(_follow(preset, mono)[:, : len(mono)]))
    piece_frames = round(PIECE_SECONDS * RATE)
    pieces = [mono[first : first + piece_frames] for first in range(0, len(mono), piece_frames)]
    order = np.random.default_rng(seed).permutation(len(pieces))
    description = "The recording cut into half seconds, played again in another order."
    yield Clip("Permuted", description, _follow(preset, np.concatenate([pieces[i] for i in order])))


def note_clips(preset: Preset, recording: np.ndarray) -> Iterator[Clip]:
    """A recorded note (2, T), and the nearest key of the instrument."""
    from train.notes.note_span import find_onset
    from train.notes.pitch import detect

    yield recording_clip(recording)
    mono = recording.mean(axis=0)
    onset = find_onset(mono, RATE)
    pitch = detect(mono[onset:], RATE)
    low, high = (preset.header.get("keys", {}).get(name, usual) for name, usual in (("low", 0), ("high", 127)))
    key = round(pitch_of(pitch.frequency)) if pitch.is_reliable else (low + high) // 2
    seconds = len(mono) / RATE
    played_note = demo_notes.Note(onset / RATE, seconds, min(max(key, low), high), VELOCITY)
    host = StandardChain(RATE)
    host.play(make_chain(preset))
    sound = fade_out(render(host, demo_notes.to_score([played_note]), seconds))
    yield Clip("Played again", "One key of the instrument, at the moment and the pitch of the recording.", sound)


def _follow(preset: Preset, sound: np.ndarray) -> np.ndarray:
    """Render the instrument following a voice (T,), as `luthier transfer` does: (2, T')."""
    host = StandardChain(RATE)
    host.play(follow_voice(make_chain(preset)))
    try:
        settings = fit_voice(track_recording(sound, RATE, HOP_SECONDS), preset.header, HOP_SECONDS)
    except ValueError as error:
        raise ValueError(f"the recording cannot be played again: {error}") from None
    for name, value in (("follow", 0), ("level", settings.gain), ("transpose", settings.transpose), ("dry", -60)):
        host.set_param(host.chain[0], name, value)
    delays = measure_latency(host.chain, RATE)
    removed_frames = round((delays.of_pitch + delays.of_loudness) / 2 * RATE)
    return np.concatenate(list(render_transfer(host, sound.astype(np.float32), tail=TAIL_SECONDS)), axis=1)[
        :, removed_frames:
    ]
