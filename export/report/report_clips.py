"""The clips of a report: the recording, the instrument replaying it, random and permuted material.

An instrument with a control plane performs its learned control signal. An event instrument decomposes the recording
and resynthesizes it. One that follows a voice follows the recording. Others play their keys.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from engine.instrument_chain import make_chain
from engine.instruments.events.event_score import EventScore
from engine.kinds import kind_of
from engine.preset.control_performance import has_performance, performance_seconds
from engine.preset.preset_file import Preset
from engine.render import render
from engine.standard_chain import StandardChain
from engine.voice.offline_tracking import PitchCurves, track_recording
from export.likeness.distance import RATE
from export.likeness.resynthesis import HOP_SECONDS, TAIL_SECONDS, fade_out, render_performance, resynthesize

from . import demo_notes, event_score_clips
from .audio_clip import Clip, ReportOptions, normalize, recording_clip
from .resynthesis import note_clips, voice_clips


@dataclass(frozen=True)
class Performance:
    """The clips of a report, and what was played: notes, a score of events or the curves of a recording."""

    clips: list[Clip]
    notes: list[demo_notes.Note]
    score: EventScore | None = None
    curves: PitchCurves | None = None


def render_clips(preset: Preset, options: ReportOptions) -> Performance:
    """Render all clips of a preset."""
    notes = demo_notes.demo_notes(preset, options.seconds)
    performance = _kind_clips(preset, Performance([], notes), options)
    names = {clip.name for clip in performance.clips}
    key_clips = _key_clips(preset, notes, options.seed, names)
    return replace(
        performance, clips=[replace(clip, sound=normalize(clip.sound)) for clip in (*performance.clips, *key_clips)]
    )


def _kind_clips(preset: Preset, empty: Performance, options: ReportOptions) -> Performance:
    """Clips that depend on the capabilities of the instrument's kind."""
    kind, seed, excerpt = kind_of(preset.header), options.seed, None
    if has_performance(preset.tensors):
        return replace(empty, clips=list(_control_plane_clips(preset, options.recording, seed)))
    if options.recording is not None:
        excerpt = fade_out(options.recording[:, : round(options.seconds * RATE)])
    if kind.plays_event_scores:
        score = event_score_clips.make_score(preset, excerpt, options)
        return replace(empty, clips=list(event_score_clips.make_clips(preset, score, excerpt, seed)), score=score)
    if excerpt is None:
        return empty
    if kind.follows_voice:
        curves = track_recording(excerpt.mean(axis=0), RATE, HOP_SECONDS)
        return replace(empty, clips=list(voice_clips(preset, excerpt, seed)), curves=curves)
    return replace(empty, clips=list(note_clips(preset, excerpt)))


def _control_plane_clips(preset: Preset, recording: np.ndarray | None, seed: int) -> Iterator[Clip]:
    """Performances of a control plane: as learned, at random, with permuted dimensions."""
    if recording is not None:
        part, learned = resynthesize(preset, recording, seed)
        yield recording_clip(part)
    else:
        frames = round(performance_seconds(preset.header) * RATE)
        learned = fade_out(render_performance(preset, "learned", seed)[:, :frames])
    yield Clip(
        "Played again",
        "The instrument, played by the control signal that was learned with it.",
        learned,
        is_compared=True,
    )
    description = "The same instrument, struck at random moments in random dimensions."
    yield Clip("At random", description, render_performance(preset, "random", seed))
    description = "The learned control signal, its dimensions exchanged: the same rhythm of other sounds."
    yield Clip("Permuted", description, render_performance(preset, "permuted", seed))


def _key_clips(preset: Preset, notes: list[demo_notes.Note], seed: int, names: set[str]) -> Iterator[Clip]:
    """Render notes on the keys, except for clips whose names exist already."""
    for name, description, notes_of_clip in (
        ("On the keys", "J. S. Bach, the first bars of the Prelude in C, BWV 846.", notes),
        ("At random", "As many notes as in the prelude, of any keys.", demo_notes.random_notes(notes, seed)),
        ("Permuted", "The notes of the prelude in another order.", demo_notes.permuted_notes(notes, seed)),
    ):
        if name not in names:
            yield Clip(
                name, description, render(_make_host(preset), demo_notes.to_score(notes_of_clip), tail=TAIL_SECONDS)
            )


def _make_host(preset: Preset) -> StandardChain:
    host = StandardChain(RATE)
    host.play(make_chain(preset))
    return host
