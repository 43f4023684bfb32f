"""A score played live: the next half second of it always lies in a queue of the host."""

from engine.events import Kind
from engine.ring import Ring

from .midi_file import Score

AHEAD = 0.5  # seconds of the score that wait in the queue: Python may be late by so much


class Transport:
    """Gives the messages of a score to a queue, in time with the frames that a host plays."""

    def __init__(self, ring: Ring, score: Score, start: int, ahead: float = AHEAD) -> None:
        """start: the absolute frame at which the score begins. ahead: seconds of it that wait in the queue."""
        self._ring = ring
        self._score = score
        self._start = start
        self._ahead = ahead
        self._next = 0
        self._rate = 0.0

    @property
    def done(self) -> bool:
        """Whether all has been handed over; it sounds within the seconds that it is ahead."""
        return self._next == len(self._score.times)

    def feed(self, frame: int, rate: float) -> None:
        """[writer thread] Hand over what is due by `frame`, the host's next, and a little more. rate: Hz."""
        if self._rate and rate != self._rate:  # another device: what was played stays played
            self._start = frame - round((frame - self._start) * rate / self._rate)
        self._rate = rate
        while not self.done:
            due = self._start + round(float(self._score.times[self._next]) * rate)
            if due > frame + self._ahead * rate:
                return
            if not self._ring.push(Kind.MIDI, int(self._score.messages[self._next]), frame=due):
                return
            self._next += 1
