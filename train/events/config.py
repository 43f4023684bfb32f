"""Sizes and settings of an event model and its run of learning: as published, and smaller for one CPU core."""

import math
from dataclasses import dataclass, field, replace

import numpy as np

from engine.dsp.wave_bank import wave_bank
from engine.kinds.events import DEFAULT_HOP, GRAINS_PER_HOP
from engine.pitch_and_frequency import frequency_of

LOWEST_PITCH, HIGHEST_PITCH = 28.0, 107.5  # of the waves, in semitones
WINDOW_HOPS = 8  # frames that a spectrum for the encoder lasts
UPSAMPLER_FRAMES = 4  # that an upsampling stack starts with
ROOM_CODE_SIZE = 16  # numbers that a room is chosen by


@dataclass(frozen=True)
class Sizes:
    """Sizes of a model; `published` also selects all other differences of the article."""

    channels: int = 256  # of the encoder
    keys: int = 1024  # K, kinds of events
    events: int = 32  # in a segment
    passes: int = 2  # in which the encoder finds them; later ones receive what earlier ones left
    embedding: int = 256  # M, numbers that an event is decoded from
    width: int = 64  # channels of the upsampling stacks
    pitches: int = 160  # of the fixed waves
    impulse: int = 4096  # samples
    samples: int = 2**15  # of a segment, and of an event
    rate: int = 22050  # Hz
    hop: int = DEFAULT_HOP  # samples between frames
    rooms: int = 8  # that a room is mixed from
    published: bool = False

    @property
    def frames(self) -> int:
        """Of a segment; events begin on one."""
        return self.samples // self.hop

    @property
    def window(self) -> int:
        """Samples of a spectrum for the encoder."""
        return WINDOW_HOPS * self.hop

    @property
    def grain(self) -> int:
        """Samples of the short spectra that shape an impulse; they follow at every half of them."""
        return self.hop // GRAINS_PER_HOP

    def scaled_to(self, rate: int) -> "Sizes":
        """The sizes for another rate in Hz: what is counted in samples lasts about as long, in powers of two."""
        factor = 1 << max(round(math.log2(rate / self.rate)), 0)
        lengths = {name: factor * getattr(self, name) for name in ("impulse", "samples", "hop")}
        return replace(self, rate=rate, **lengths)

    @property
    def shapes(self) -> tuple[str, ...]:
        """The waves at each pitch; three, and no sine, as the published code has them."""
        return ("square", "sawtooth", "triangle") if self.published else ("sine", "sawtooth", "square")

    @property
    def decays(self) -> tuple[float, float]:
        """Smallest and largest factor by which a resonance decays in a frame."""
        return (0.02, 0.02 + 0.98 * 0.95) if self.published else (0.5, 0.999)

    def frequencies(self) -> np.ndarray:
        """Of the waves, (pitches,) Hz, in the precision in which they are stored."""
        if self.published:
            return np.linspace(40, 4000, self.pitches, dtype=np.float32)
        return np.asarray(frequency_of(np.linspace(LOWEST_PITCH, HIGHEST_PITCH, self.pitches)), np.float32)

    def waves(self) -> np.ndarray:
        """The fixed waves (pitches · shapes, samples)."""
        return wave_bank(self.frequencies(), self.shapes, self.samples, self.rate, not self.published)


SMALL = Sizes()
ARTICLE = Sizes(1024, 4096, 64, 1, 256, 128, 341, published=True)


@dataclass(frozen=True)
class Config:
    """Settings of a run."""

    sizes: Sizes = field(default_factory=Sizes)
    steps: int = 20_000
    minutes: float = 0.0  # duration of the run, if above 0, in place of `steps`
    stages: tuple[float, float] = (0.2, 0.55)  # parts of the run at which synthetic segments, and recordings, begin
    notes: int = 16  # in a step of the first stage; 0: no such stage
    batch: int = 2  # segments of recordings in a step
    synthetic: int = 6  # synthetic segments in such a step; 0: none, and no stage of them
    plane_loss_weight: float = 1.0  # of the activations of synthetic segments
    isolate: bool = True  # whether the sound of earlier passes is constant in later ones
    learning_rate: float = 1e-3
    seed: int = 0


CONFIGS = {
    "small": Config(SMALL),
    "article": Config(ARTICLE, notes=0, synthetic=0, isolate=False),
}
