"""A score that is played live: start, tempo, position and repetition."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.events import midi
from engine.midi.midi_score import Score, read
from engine.midi.playback import ScorePlayback
from engine.ring import HEAD, TAIL

if TYPE_CHECKING:
    from engine.standard_chain import StandardChain

LEAD_SECONDS = 0.15  # before its first note
LOOKAHEAD_SECONDS = 0.5  # of the score that wait in the queue
POLL_SECONDS = 0.05  # between two calls of the transport
COMMITTED_SECONDS = 0.02  # what waits for a frame as near as this may be read by the audio thread already
CHANNELS = 16
ALL_NOTES_OFF, RESET_CONTROLLERS = 123, 121  # MIDI controllers
EPSILON_SECONDS = 1e-9  # by which a position lies before the events at it
NO_MESSAGE = midi(0xFE)  # active sensing, which is ignored


class ScorePlayer:
    """[any thread] One score, with a thread that feeds the rig's ring for later events until `close`.

    So it goes on evenly while the engine thread is busy loading an instrument.
    """

    def __init__(self, rig: "StandardChain", path: Path) -> None:
        """Read a MIDI file. ScoreError."""
        self.path, self.loop, self.tempo = path, False, 1.0
        self._score = read(path)
        self._rig = rig
        self._transport: ScorePlayback | None = None
        self._start, self._is_repeat_queued = 0, False
        self.next_start = 0.0  # seconds of the score, where it starts when it is played next
        self._lock, self._closed = threading.RLock(), threading.Event()
        threading.Thread(target=self._feed, name="score", daemon=True).start()

    @property
    def seconds(self) -> float:
        """Its length at its own tempo."""
        return self._score.seconds

    @property
    def position(self) -> float | None:
        """The position in seconds at its own tempo; None while it does not play."""
        if self._transport is None:
            return None
        played = (self._rig.frame - self._start) / self._rig.rate * self.tempo
        if played < 0 and self._is_repeat_queued:
            played += self.seconds
        return min(max(played, 0.0), self.seconds)

    def play(self) -> None:
        """Start at the beginning, or at the position that was sought."""
        with self._lock:
            seconds, self.next_start = self.next_start, 0.0
            self._chase(seconds)
            start = self._rig.frame + round((LEAD_SECONDS - seconds / self.tempo) * self._rig.rate)
            self._queue(start, seconds - EPSILON_SECONDS)

    def seek(self, seconds: float) -> None:
        """Go on from a position at its own tempo; or start there, when it is played next."""
        with self._lock:
            playing = self._transport is not None
            self.stop()
            self.next_start = min(max(seconds, 0.0), self.seconds)
            if playing:
                self.play()

    def stop(self) -> None:
        """Stop, and end all notes of the score."""
        with self._lock:
            if self._transport is None:
                return
            self._transport = None
            last = self._rig.frame + round(COMMITTED_SECONDS * self._rig.rate)
            self._cancel_events(last)
            for channel in range(CHANNELS):
                self._rig.midi(0xB0 | channel, ALL_NOTES_OFF)
                self._rig.midi(0xB0 | channel, ALL_NOTES_OFF, frame=last)

    def set_tempo(self, tempo: float) -> None:
        """Play `tempo` times as fast from here on; notes that sound are not cut."""
        with self._lock:
            before, self.tempo = self.tempo, tempo
            if self._transport is None:
                return
            last = max(self._rig.frame + round(COMMITTED_SECONDS * self._rig.rate), self._start - 1)
            seconds = (last - self._start) / self._rig.rate * before
            self._cancel_events(last)
            self._queue(last - round(seconds / tempo * self._rig.rate), seconds)

    def close(self) -> None:
        """Stop, and end the thread."""
        self._closed.set()
        self.stop()

    def _feed(self) -> None:
        while not self._closed.wait(POLL_SECONDS):
            with self._lock:
                if self._transport is not None:
                    self._feed_transport(self._transport)

    def _feed_transport(self, transport: ScorePlayback) -> None:
        """Push the events that are due, and queue the score again where it is repeated."""
        transport.feed(self._rig.frame, self._rig.rate)
        end = self._start + round(self.seconds / self.tempo * self._rig.rate)
        if transport.done and self.loop and self._rig.frame + LOOKAHEAD_SECONDS * self._rig.rate > end:
            self._queue(end)
            self._is_repeat_queued = True
        elif transport.done and self._rig.frame > end:
            self._transport = None

    def _cancel_events(self, last: int) -> None:
        """Make the events that wait for frames after `last` meaningless, and let them delay none that come after.

        Only nearer ones may be read by the audio thread meanwhile.
        """
        ring = self._rig.timed_events
        waiting = np.arange(ring.cursors[HEAD], ring.cursors[TAIL]) % len(ring.slots)
        far = waiting[ring.slots["frame"][waiting] > last]
        ring.slots["key"][far] = NO_MESSAGE
        ring.slots["frame"][far] = last

    def _chase(self, seconds: float) -> None:
        """Send the programs, pedals and wheels that hold at a position."""
        if not seconds:
            return
        for channel in range(CHANNELS):
            self._rig.midi(0xB0 | channel, RESET_CONTROLLERS)
        state: dict[int, int] = {}
        for message in self._score.messages[self._score.times < seconds].tolist():
            if 0xB0 <= message & 0xF0 < 0xF0:
                what = message & (0x7FFF if message & 0xF0 == 0xB0 else 0xFF)
                state.pop(what, None)
                state[what] = message
        for message in state.values():
            self._rig.midi(message, message >> 8, message >> 16)

    def _queue(self, start: int, after: float = -1.0) -> None:
        """Play what comes after so many seconds of the score, whose beginning is at frame `start`."""
        rest = self._score.times > after
        score = Score(self._score.times[rest] / self.tempo, self._score.messages[rest])
        self._start, self._is_repeat_queued = start, False
        self._transport = ScorePlayback(self._rig.timed_events, score, start, LOOKAHEAD_SECONDS)
