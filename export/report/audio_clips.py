"""What is heard on the page: the recording, the instrument that plays it again, at random and in another order.

An instrument with a control plane performs what it learned. One of events takes the recording apart and puts it
together again. A decoded one answers the recording. One that only has keys plays them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from engine.chain import make_chain
from engine.instruments.events.event_score import EventScore
from engine.preset.performance import length, perform
from engine.preset.preset_file import Preset
from engine.probe import events
from engine.render import render
from engine.rig import Rig
from engine.voice.offline_tracking import Followed, follow

from . import demo_notes, event_clips
from .audio_clip import HOP, RATE, Clip, ReportOptions, fade_out, normalize, recording_clip
from .locate import find_offset
from .resynthesis import note_clips, voice_clips

SOFT = -12.0  # dB of the knob "level"; all tracks are made equally loud in the end
TAIL = 4.0  # seconds that a sound may take to die away


@dataclass(frozen=True)
class Performance:
    """The tracks of a page, and what was played: notes, a score of events or the curves of a recording."""

    tracks: list[Clip]
    notes: list[demo_notes.Note]
    score: EventScore | None = None
    curves: Followed | None = None


def render_clips(preset: Preset, wanted: ReportOptions) -> Performance:
    """All that is heard of a preset."""
    notes = demo_notes.demo_notes(preset, wanted.seconds)
    made = _of_kind(preset, Performance([], notes), wanted)
    known = {track.name for track in made.tracks}
    others = _on_keys(preset, notes, wanted.seed, known)
    return replace(made, tracks=[replace(track, sound=normalize(track.sound)) for track in (*made.tracks, *others)])


def _of_kind(preset: Preset, empty: Performance, wanted: ReportOptions) -> Performance:
    """What an instrument plays as its kind does."""
    kind, seed, cut = preset.header["kind"], wanted.seed, None
    if len(preset.tensors.get("control_sites", ())):
        return replace(empty, tracks=list(_performances(preset, wanted.recording, seed)))
    if wanted.recording is not None:
        cut = fade_out(wanted.recording[:, : round(wanted.seconds * RATE)])
    if kind == "events":
        score = event_clips.make_score(preset, cut, wanted)
        return replace(empty, tracks=list(event_clips.make_clips(preset, score, cut, seed)), score=score)
    if cut is None:
        return empty
    if kind == "ddsp":
        curves = follow(cut.mean(axis=0), RATE, HOP)
        return replace(empty, tracks=list(voice_clips(preset, cut, seed)), curves=curves)
    return replace(empty, tracks=list(note_clips(preset, cut)))


def _performances(preset: Preset, recording: np.ndarray | None, seed: int) -> Iterator[Clip]:
    """A control plane performs: as learned, at random, its dimensions exchanged."""
    frames = round(length(preset.header) * RATE)
    learned = fade_out(_performed(preset, "learned", seed)[:, :frames])
    if recording is not None:
        first = find_offset(learned.mean(axis=0), recording.mean(axis=0), RATE)
        yield recording_clip(fade_out(recording[:, first : first + frames]))
    yield Clip("Played again", "The instrument, played by the control signal that was learned with it.", learned)
    words = "The same instrument, struck at random moments in random dimensions."
    yield Clip("At random", words, _performed(preset, "random", seed))
    words = "The learned control signal, its dimensions exchanged: the same rhythm of other sounds."
    yield Clip("Permuted", words, _performed(preset, "permuted", seed))


def _performed(preset: Preset, name: str, seed: int) -> np.ndarray:
    """A performance, soft enough for the limiter to leave it as it is."""
    rig = _rig(preset)
    for knob, value in (("play", 0), ("level", SOFT)):
        rig.set(rig.row[0], knob, value)
    return render(rig, events(perform(preset.header, preset.tensors, name, seed), RATE), tail=TAIL)


def _on_keys(preset: Preset, notes: list[demo_notes.Note], seed: int, known: set[str]) -> Iterator[Clip]:
    """The instrument under the hands of a player, but for tracks of a name that is known."""
    for name, words, some in (
        ("On the keys", "J. S. Bach, the first bars of the Prelude in C, BWV 846.", notes),
        ("At random", "As many notes as in the prelude, of any keys.", demo_notes.random_notes(notes, seed)),
        ("Permuted", "The notes of the prelude in another order.", demo_notes.permuted_notes(notes, seed)),
    ):
        if name not in known:
            yield Clip(name, words, render(_rig(preset), demo_notes.to_score(some), tail=TAIL))


def _rig(preset: Preset) -> Rig:
    rig = Rig(RATE)
    rig.play(make_chain(preset))
    return rig
