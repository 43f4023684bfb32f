"""Live playback of a MIDI score: the next LOOKAHEAD_SECONDS of it are always in a queue of the host."""

from engine.events import Kind
from engine.ring import Ring

from .midi_score import Score

LOOKAHEAD_SECONDS = 0.5  # in the queue: the main thread may be late by as much


class ScorePlayback:
    """Pushes the messages of a score to a queue, in time with the frames that a host plays."""

    def __init__(self, ring: Ring, score: Score, start: int, lookahead: float = LOOKAHEAD_SECONDS) -> None:
        """start: the absolute frame at which the score starts. lookahead: seconds of it in the queue."""
        self._ring = ring
        self._score = score
        self._start = start
        self._lookahead = lookahead
        self._next = 0
        self._rate = 0.0

    @property
    def done(self) -> bool:
        """Whether all is pushed; it sounds within the lookahead."""
        return self._next == len(self._score.times)

    def feed(self, frame: int, rate: float) -> None:
        """[writer thread] Push what is due by `frame`, the host's next, and the lookahead. rate: Hz."""
        if self._rate and rate != self._rate:  # another device: what was played is not repeated
            self._start = frame - round((frame - self._start) * rate / self._rate)
        self._rate = rate
        while not self.done:
            due = self._start + round(float(self._score.times[self._next]) * rate)
            if due > frame + self._lookahead * rate:
                return
            if not self._ring.push(Kind.MIDI, int(self._score.messages[self._next]), frame=due):
                return
            self._next += 1
