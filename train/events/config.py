"""What an event model is made of: as published, or smaller and as it learns best on one core."""

from dataclasses import dataclass

import numpy as np

from engine.dsp.waveforms import bank

LOWEST, HIGHEST = 28.0, 107.5  # MIDI notes that the waves of ours lie between
WINDOW, HOP = 2048, 256  # samples of the spectra that the encoder hears
START = 4  # frames that an upsampling stack begins with
GRAIN, GRAIN_HOP = 32, 16  # samples of the short spectra that shape an impulse
FRAME = 2 * HOP  # samples of the frames that shape a resonance
ROOM = 16  # numbers that a room is chosen by


@dataclass(frozen=True)
class Sizes:
    """The sizes of ours, `small`; `published` chooses all else that the article has otherwise."""

    channels: int = 256  # of the encoder
    keys: int = 1024  # K, kinds of events
    events: int = 32  # in a segment
    passes: int = 2  # in which the encoder finds them; later ones hear what earlier ones left
    embedding: int = 256  # M, numbers that an event is decoded from
    width: int = 64  # channels of the upsampling stacks
    pitches: int = 160  # of the fixed waves
    impulse: int = 4096  # samples
    samples: int = 2**15  # of a segment, and of an event
    rate: int = 22050  # Hz
    rooms: int = 8  # that a room is mixed from
    published: bool = False

    @property
    def frames(self) -> int:
        """Of a segment; events begin on one."""
        return self.samples // HOP

    @property
    def shapes(self) -> tuple[str, ...]:
        """The waves at each pitch; three, and no sine, as the published code has them."""
        return ("square", "sawtooth", "triangle") if self.published else ("sine", "sawtooth", "square")

    @property
    def decays(self) -> tuple[float, float]:
        """What a frame may leave of a resonance, at least and at most."""
        return (0.02, 0.02 + 0.98 * 0.95) if self.published else (0.5, 0.999)

    def frequencies(self) -> np.ndarray:
        """Of the waves, (pitches,) Hz, in the precision in which they are kept."""
        if self.published:
            return np.linspace(40, 4000, self.pitches, dtype=np.float32)
        return np.asarray(440 * 2 ** ((np.linspace(LOWEST, HIGHEST, self.pitches) - 69) / 12), np.float32)

    def waves(self) -> np.ndarray:
        """The fixed waves (pitches · shapes, samples)."""
        return bank(self.frequencies(), self.shapes, self.samples, self.rate, not self.published)


SMALL = Sizes()
ARTICLE = Sizes(1024, 4096, 64, 1, 256, 128, 341, published=True)
