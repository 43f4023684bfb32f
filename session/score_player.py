"""A score that is played: when it begins, how fast, and again from the beginning."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.events import midi
from engine.midi.midi_file import Score, read
from engine.midi.playback import Transport
from engine.ring import HEAD, TAIL

if TYPE_CHECKING:
    from engine.rig import Rig

LEAD = 0.15  # seconds before its first note
AHEAD = 0.5  # seconds of it that wait in the queue
OFTEN = 0.05  # seconds between two looks at what is due
NEAR = 0.02  # seconds within which what waits there may be on its way out already
CHANNELS = 16
NOTES_OFF, REST = 123, 121  # controllers
JUST = 1e-9  # seconds: what comes at a place comes after it
NOTHING = midi(0xFE)  # active sensing, which nobody hears


class Scoring:
    """[any thread] One score; the ring for later events is its own, and a thread that feeds it until `close`.

    So it goes on evenly while the deck's thread is busy with an instrument.
    """

    def __init__(self, rig: "Rig", path: Path) -> None:
        """Raises ScoreError when it cannot be read."""
        self.path, self.loop, self.tempo = path, False, 1.0
        self._score = read(path)
        self._rig = rig
        self._transport: Transport | None = None
        self._start, self._again = 0, False
        self.begins = 0.0  # where it begins when it is played the next time, in its own seconds
        self._lock, self._closed = threading.RLock(), threading.Event()
        threading.Thread(target=self._feed, name="score", daemon=True).start()

    @property
    def seconds(self) -> float:
        """How long it is, at its own tempo."""
        return self._score.seconds

    @property
    def position(self) -> float | None:
        """How far it is, in its own seconds; None while it does not play."""
        if self._transport is None:
            return None
        played = (self._rig.frame - self._start) / self._rig.rate * self.tempo
        if played < 0 and self._again:  # the next time is in the queue already
            played += self.seconds
        return min(max(played, 0.0), self.seconds)

    def play(self) -> None:
        """Begin at the beginning, or at the place that was sought."""
        with self._lock:
            seconds, self.begins = self.begins, 0.0
            self._chase(seconds)
            start = self._rig.frame + round((LEAD - seconds / self.tempo) * self._rig.rate)
            self._begin(start, seconds - JUST)

    def seek(self, seconds: float) -> None:
        """Go on from a place in its own seconds; or begin there, when it is played the next time."""
        with self._lock:
            playing = self._transport is not None
            self.stop()
            self.begins = min(max(seconds, 0.0), self.seconds)
            if playing:
                self.play()

    def stop(self) -> None:
        """End it, and every note of it."""
        with self._lock:
            if self._transport is None:
                return
            self._transport = None
            last = self._rig.frame + round(NEAR * self._rig.rate)
            self._take_back(last)
            for channel in range(CHANNELS):
                self._rig.midi(0xB0 | channel, NOTES_OFF)
                self._rig.midi(0xB0 | channel, NOTES_OFF, frame=last)

    def set_tempo(self, tempo: float) -> None:
        """Go on from here so many times as fast; what sounds, sounds on."""
        with self._lock:
            before, self.tempo = self.tempo, tempo
            if self._transport is None:
                return
            last = max(self._rig.frame + round(NEAR * self._rig.rate), self._start - 1)
            seconds = (last - self._start) / self._rig.rate * before
            self._take_back(last)
            self._begin(last - round(seconds / tempo * self._rig.rate), seconds)

    def close(self) -> None:
        """End it for good."""
        self._closed.set()
        self.stop()

    def _feed(self) -> None:
        while not self._closed.wait(OFTEN):
            with self._lock:
                if self._transport is not None:
                    self._go_on(self._transport)

    def _go_on(self, transport: Transport) -> None:
        """Hand over what is due, and begin anew where it shall be played again."""
        transport.feed(self._rig.frame, self._rig.rate)
        end = self._start + round(self.seconds / self.tempo * self._rig.rate)
        if transport.done and self.loop and self._rig.frame + AHEAD * self._rig.rate > end:
            self._begin(end)
            self._again = True
        elif transport.done and self._rig.frame > end:
            self._transport = None

    def _take_back(self, last: int) -> None:
        """Let what waits for frames after `last` mean nothing, and hold up nothing that comes after it.

        Only what is nearer may be read by the audio thread meanwhile.
        """
        ring = self._rig.later
        waiting = np.arange(ring.cursors[HEAD], ring.cursors[TAIL]) % len(ring.slots)
        far = waiting[ring.slots["frame"][waiting] > last]
        ring.slots["key"][far] = NOTHING
        ring.slots["frame"][far] = last

    def _chase(self, seconds: float) -> None:
        """Set programs, pedals and wheels as they stand at a place."""
        if not seconds:
            return
        for channel in range(CHANNELS):
            self._rig.midi(0xB0 | channel, REST)
        standing: dict[int, int] = {}
        for message in self._score.messages[self._score.times < seconds].tolist():
            if 0xB0 <= message & 0xF0 < 0xF0:
                what = message & (0x7FFF if message & 0xF0 == 0xB0 else 0xFF)
                standing.pop(what, None)
                standing[what] = message
        for message in standing.values():
            self._rig.midi(message, message >> 8, message >> 16)

    def _begin(self, start: int, after: float = -1.0) -> None:
        """Hand over what comes after so many seconds of a score whose beginning is at a frame."""
        rest = self._score.times > after
        score = Score(self._score.times[rest] / self.tempo, self._score.messages[rest])
        self._start, self._again = start, False
        self._transport = Transport(self._rig.later, score, start, AHEAD)
