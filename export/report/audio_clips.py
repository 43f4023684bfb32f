"""What is heard on the page: the recording, the instrument that plays it again, at random and in another order.

An instrument with a control plane performs what it learned. One of events takes the recording apart and puts it
together again. A decoded one answers the recording. One that only has keys plays them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from engine.chain import make_chain
from engine.instruments.events.event_score import Score
from engine.preset.performance import length, perform
from engine.preset.preset_file import Preset
from engine.probe import events
from engine.render import render
from engine.rig import Rig
from engine.voice.offline_tracking import Followed, follow

from . import demo_notes, event_clips
from .audio_clip import HOP, RATE, Track, Wanted, faded, levelled, recorded
from .locate import place
from .resynthesis import answers, note

SOFT = -12.0  # dB of the knob "level"; all tracks are made equally loud in the end
TAIL = 4.0  # seconds that a sound may take to die away


@dataclass(frozen=True)
class Heard:
    """The tracks of a page, and what was played: notes, a score of events or the curves of a recording."""

    tracks: list[Track]
    notes: list[demo_notes.Note]
    score: Score | None = None
    curves: Followed | None = None


def heard(preset: Preset, wanted: Wanted) -> Heard:
    """All that is heard of a preset."""
    notes = demo_notes.demo(preset, wanted.seconds)
    made = _of_kind(preset, Heard([], notes), wanted)
    known = {track.name for track in made.tracks}
    others = _on_keys(preset, notes, wanted.seed, known)
    return replace(made, tracks=[replace(track, sound=levelled(track.sound)) for track in (*made.tracks, *others)])


def _of_kind(preset: Preset, empty: Heard, wanted: Wanted) -> Heard:
    """What an instrument plays as its kind does."""
    kind, seed, cut = preset.header["kind"], wanted.seed, None
    if len(preset.tensors.get("control_sites", ())):
        return replace(empty, tracks=list(_performances(preset, wanted.recording, seed)))
    if wanted.recording is not None:
        cut = faded(wanted.recording[:, : round(wanted.seconds * RATE)])
    if kind == "events":
        score = event_clips.of(preset, cut, wanted)
        return replace(empty, tracks=list(event_clips.tracks(preset, score, cut, seed)), score=score)
    if cut is None:
        return empty
    if kind == "ddsp":
        curves = follow(cut.mean(axis=0), RATE, HOP)
        return replace(empty, tracks=list(answers(preset, cut, seed)), curves=curves)
    return replace(empty, tracks=list(note(preset, cut)))


def _performances(preset: Preset, recording: np.ndarray | None, seed: int) -> Iterator[Track]:
    """A control plane performs: as learned, at random, its dimensions exchanged."""
    frames = round(length(preset.header) * RATE)
    learned = faded(_performed(preset, "learned", seed)[:, :frames])
    if recording is not None:
        first = place(learned.mean(axis=0), recording.mean(axis=0), RATE)
        yield recorded(faded(recording[:, first : first + frames]))
    yield Track("Played again", "The instrument, played by the control signal that was learned with it.", learned)
    words = "The same instrument, struck at random moments in random dimensions."
    yield Track("At random", words, _performed(preset, "random", seed))
    words = "The learned control signal, its dimensions exchanged: the same rhythm of other sounds."
    yield Track("Permuted", words, _performed(preset, "permuted", seed))


def _performed(preset: Preset, name: str, seed: int) -> np.ndarray:
    """A performance, soft enough for the limiter to leave it as it is."""
    rig = _rig(preset)
    for knob, value in (("play", 0), ("level", SOFT)):
        rig.set(rig.row[0], knob, value)
    return render(rig, events(perform(preset.header, preset.tensors, name, seed), RATE), tail=TAIL)


def _on_keys(preset: Preset, notes: list[demo_notes.Note], seed: int, known: set[str]) -> Iterator[Track]:
    """The instrument under the hands of a player, but for tracks of a name that is known."""
    for name, words, some in (
        ("On the keys", "J. S. Bach, the first bars of the Prelude in C, BWV 846.", notes),
        ("At random", "As many notes as in the prelude, of any keys.", demo_notes.drawn(notes, seed)),
        ("Permuted", "The notes of the prelude in another order.", demo_notes.permuted(notes, seed)),
    ):
        if name not in known:
            yield Track(name, words, render(_rig(preset), demo_notes.score_of(some), tail=TAIL))


def _rig(preset: Preset) -> Rig:
    rig = Rig(RATE)
    rig.play(make_chain(preset))
    return rig
