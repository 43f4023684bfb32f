"""Resynthesis of a recording by an instrument: as it was learned, by its events, following it, or by one key."""

import numpy as np

from engine.instrument_chain import follow_voice, make_chain
from engine.kinds import PLAY_PARAM, kind_of
from engine.midi.midi_score import make_score
from engine.pitch_and_frequency import pitch_of
from engine.preset.control_performance import has_performance, perform, performance_seconds
from engine.preset.preset_file import Preset
from engine.reference_output import event_array
from engine.render import render
from engine.standard_chain import StandardChain
from engine.voice.offline_tracking import track_recording
from engine.voice_latency import measure_latency
from engine.voice_transfer import fit_voice, render_transfer

from .distance import RATE, distance
from .excerpt_offset import find_offset

HOP_SECONDS = 0.01  # frame step of the analysis of a recording
FADE_SECONDS = 0.03  # fade-out of an excerpt
LEVEL_DB = -12.0  # dB of the parameter "level", to stay below the limiter; sounds are normalized afterwards
TAIL_SECONDS = 4.0  # for the decay of a sound
VELOCITIES = (20, 60, 90, 120)  # of a note; the one that comes nearest is taken,
CHOICE_SECONDS = 1.0  # judged by the beginning of the note


def resynthesize(preset: Preset, recording: np.ndarray, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The part of a recording (2, T) at RATE that an instrument can answer, and its answer; both (2, N).

    ValueError if there is nothing to answer. An instrument that plays scores of events needs PyTorch.
    """
    kind = kind_of(preset.header)
    if has_performance(preset.tensors):
        frames = round(performance_seconds(preset.header) * RATE)
        learned = fade_out(render_performance(preset, "learned", seed)[:, :frames])
        first = find_offset(learned.mean(axis=0), recording.mean(axis=0), RATE)
        return fade_out(recording[:, first : first + frames]), learned
    if kind.plays_event_scores:
        return recording, _events(preset, recording)
    if kind.follows_voice:
        return recording, fade_out(follow(preset, recording.mean(axis=0))[:, : recording.shape[1]])
    return recording, nearest_note(preset, recording)


def fade_out(sound: np.ndarray) -> np.ndarray:
    """Fade out an excerpt (2, T)."""
    remaining = sound.shape[1] - np.arange(sound.shape[1])
    return np.asarray(sound * np.minimum(remaining / (FADE_SECONDS * RATE), 1), np.float32)


def render_performance(preset: Preset, name: str, seed: int) -> np.ndarray:
    """A performance of the control plane, quiet enough to stay below the limiter: (2, T)."""
    host = _make_host(preset)
    for param, value in ((PLAY_PARAM, 0), ("level", LEVEL_DB)):
        host.set_param(host.chain[0], param, value)
    return render(host, event_array(perform(preset.header, preset.tensors, name, seed), RATE), tail=TAIL_SECONDS)


def follow(preset: Preset, sound: np.ndarray) -> np.ndarray:
    """The instrument following a voice (T,), as `luthier transfer` does: (2, T'). ValueError if it has no pitch."""
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


def nearest_note(preset: Preset, recording: np.ndarray) -> np.ndarray:
    """One key at the pitch and the moment of a recorded note (2, T), as hard as comes nearest to it: (2, T)."""
    from train.notes.note_span import find_onset
    from train.notes.pitch import detect

    mono = recording.mean(axis=0)
    onset = find_onset(mono, RATE)
    pitch = detect(mono[onset:], RATE)
    low, high = (preset.header.get("keys", {}).get(name, usual) for name, usual in (("low", 0), ("high", 127)))
    key = round(pitch_of(pitch.frequency)) if pitch.is_reliable else (low + high) // 2
    key = min(max(key, low), high)
    beginning = mono[: onset + round(CHOICE_SECONDS * RATE)]

    def distance_at(velocity: int) -> float:
        return distance(beginning, _play_note(preset, key, velocity, onset, len(beginning)).mean(axis=0))

    return _play_note(preset, key, min(VELOCITIES, key=distance_at), onset, len(mono))


def _play_note(preset: Preset, key: int, velocity: int, onset: int, frames: int) -> np.ndarray:
    """A key that is struck at a frame and held, (2, frames)."""
    times = [(onset / RATE, (0x90, key, velocity)), (frames / RATE, (0x80, key, 0))]
    return fade_out(render(_make_host(preset), make_score(times), frames / RATE))


def _events(preset: Preset, recording: np.ndarray) -> np.ndarray:
    """What the encoder hears of a recording (2, T), segment by segment and put together again: (2, T).

    Not fitted to the recording, as `luthier decompose` does, which takes many times as long as the recording.
    """
    import soxr
    import torch

    from export.events import load_model

    model, rate = load_model(preset), float(preset.header["rate"])
    mono = soxr.resample(recording.mean(axis=0), RATE, rate, "VHQ").astype(np.float32)
    size, peak = model.sizes.samples, max(float(np.abs(mono).max()), 1e-9)
    segments = torch.from_numpy(np.pad(mono / peak, (0, -len(mono) % size)).reshape(-1, size))
    with torch.no_grad():
        heard = torch.stack(model.eval()(segments).passes).sum(0).flatten().numpy()
    sound = soxr.resample(peak * heard, rate, RATE, "VHQ")[: recording.shape[1]]
    return np.repeat(sound[None], 2, axis=0)


def _make_host(preset: Preset) -> StandardChain:
    host = StandardChain(RATE)
    host.play(make_chain(preset))
    return host
