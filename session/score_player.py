"""Live player of a MIDI score: start, stop, position, tempo and loop."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.events import midi
from engine.midi.channel_masks import ALL_CHANNELS
from engine.midi.midi_score import Score, read, without_drums
from engine.midi.score_playback import ScorePlayback
from engine.ring import HEAD, TAIL

if TYPE_CHECKING:
    from engine.standard_chain import StandardChain

LEAD_SECONDS = 0.15  # before its first note
LOOKAHEAD_SECONDS = 0.5  # of the score that wait in the queue
POLL_SECONDS = 0.05  # between two calls of the playback
COMMITTED_SECONDS = 0.02  # events nearer than this may already be read by the audio thread
CHANNELS = 16
ALL_NOTES_OFF, RESET_CONTROLLERS = 123, 121  # MIDI controllers
EPSILON_SECONDS = 1e-9  # a position is this much earlier than the events at it
NO_MESSAGE = midi(0xFE)  # active sensing, which is ignored


class ScorePlayer:
    """[any thread] One score, with a thread that feeds the host's ring of timed events until `close`.

    So its timing does not depend on the engine thread, which may be busy loading an instrument.
    """

    def __init__(self, host: "StandardChain", path: Path) -> None:
        """Read a MIDI file. ScoreError."""
        self.path, self.loop, self.tempo = path, False, 1.0
        self._score = read(path)
        if host.interpreter.channels == ALL_CHANNELS:  # chosen ones are heard, whatever they are
            self._score = without_drums(self._score)
        self._host = host
        self._playback: ScorePlayback | None = None
        self._start, self._is_repeat_queued = 0, False
        self.next_start = 0.0  # seconds of the score, where it starts when it is played next
        self._lock, self._closed = threading.RLock(), threading.Event()
        threading.Thread(target=self._feed, name="score", daemon=True).start()

    @property
    def seconds(self) -> float:
        """Its length at its own tempo."""
        return self._score.seconds

    @property
    def faults(self) -> tuple[str, ...]:
        """What of its file cannot be played, a line each."""
        return self._score.faults

    @property
    def position(self) -> float | None:
        """The position in seconds at its own tempo; None while it does not play."""
        if self._playback is None:
            return None
        played = (self._host.frame - self._start) / self._host.rate * self.tempo
        if played < 0 and self._is_repeat_queued:
            played += self.seconds
        return min(max(played, 0.0), self.seconds)

    def play(self) -> None:
        """Start at the beginning, or at the position of the last `seek`."""
        with self._lock:
            seconds, self.next_start = self.next_start, 0.0
            self._chase(seconds)
            start = self._host.frame + round((LEAD_SECONDS - seconds / self.tempo) * self._host.rate)
            self._queue(start, seconds - EPSILON_SECONDS)

    def seek(self, seconds: float) -> None:
        """Continue at a position, in seconds at its own tempo; or start there when it is played next."""
        with self._lock:
            playing = self._playback is not None
            self.stop()
            self.next_start = min(max(seconds, 0.0), self.seconds)
            if playing:
                self.play()

    def stop(self) -> None:
        """Stop, and end all notes of the score."""
        with self._lock:
            if self._playback is None:
                return
            self._playback = None
            last = self._host.frame + round(COMMITTED_SECONDS * self._host.rate)
            self._cancel_events(last)
            for channel in range(CHANNELS):
                self._host.midi(0xB0 | channel, ALL_NOTES_OFF)
                self._host.midi(0xB0 | channel, ALL_NOTES_OFF, frame=last)

    def set_tempo(self, tempo: float) -> None:
        """Play `tempo` times as fast from now on; sounding notes continue."""
        with self._lock:
            before, self.tempo = self.tempo, tempo
            if self._playback is None:
                return
            last = max(self._host.frame + round(COMMITTED_SECONDS * self._host.rate), self._start - 1)
            seconds = (last - self._start) / self._host.rate * before
            self._cancel_events(last)
            self._queue(last - round(seconds / tempo * self._host.rate), seconds)

    def close(self) -> None:
        """Stop, and end the thread."""
        self._closed.set()
        self.stop()

    def _feed(self) -> None:
        while not self._closed.wait(POLL_SECONDS):
            with self._lock:
                if self._playback is not None:
                    self._feed_playback(self._playback)

    def _feed_playback(self, playback: ScorePlayback) -> None:
        """Push the events that are due, and queue the score again where it is repeated."""
        playback.feed(self._host.frame, self._host.rate)
        end = self._start + round(self.seconds / self.tempo * self._host.rate)
        if playback.done and self.loop and self._host.frame + LOOKAHEAD_SECONDS * self._host.rate > end:
            self._queue(end)
            self._is_repeat_queued = True
        elif playback.done and self._host.frame > end:
            self._playback = None

    def _cancel_events(self, last: int) -> None:
        """Replace the events that wait for frames after `last` by ignored ones at `last`, so that none is delayed.

        The audio thread may meanwhile read only events at nearer frames.
        """
        ring = self._host.timed_events
        waiting = np.arange(ring.cursors[HEAD], ring.cursors[TAIL]) % len(ring.slots)
        far = waiting[ring.slots["frame"][waiting] > last]
        ring.slots["key"][far] = NO_MESSAGE
        ring.slots["frame"][far] = last

    def _chase(self, seconds: float) -> None:
        """Send the programs, controllers and pitch bends that are in effect at a position (MIDI chase)."""
        if not seconds:
            return
        for channel in range(CHANNELS):
            self._host.midi(0xB0 | channel, RESET_CONTROLLERS)
        state: dict[int, int] = {}
        for message in self._score.messages[self._score.times < seconds].tolist():
            if 0xB0 <= message & 0xF0 < 0xF0:
                what = message & (0x7FFF if message & 0xF0 == 0xB0 else 0xFF)
                state.pop(what, None)
                state[what] = message
        for message in state.values():
            self._host.midi(message, message >> 8, message >> 16)

    def _queue(self, start: int, after: float = -1.0) -> None:
        """Play what comes after so many seconds of the score, whose beginning is at frame `start`."""
        rest = self._score.times > after
        score = Score(self._score.times[rest] / self.tempo, self._score.messages[rest])
        self._start, self._is_repeat_queued = start, False
        self._playback = ScorePlayback(self._host.timed_events, score, start, LOOKAHEAD_SECONDS)
