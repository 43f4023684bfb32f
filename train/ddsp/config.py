"""Sizes and settings of a DDSP model and its run of learning."""

import math
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Sizes:
    """Sizes of a model, and which of two forms its parts have. The defaults are ours, ARTICLE is as published."""

    units: int = 256
    harmonics: int = 60
    bands: int = 65
    taps: int = 16_000  # of the room
    rate: int = 16_000
    hop: int = 160
    pitch: str = "midi"  # input of the decoder: MIDI pitch / 127, or "hertz"
    dry: float = 1.0  # gain of the direct sound beside the room; 0: the room includes it, each tap through tanh
    ramps: bool = True  # controls are interpolated between frames, or constant over each
    masked: bool = True  # harmonics above the band are left out before the others share the amplitude


def sizes_at(rate: int) -> Sizes:
    """The default sizes at a rate in Hz: frames of 10 ms, a room of one second, bands of noise about as wide."""
    usual = Sizes()
    bands = (usual.bands - 1) * 2 ** round(math.log2(max(rate / usual.rate, 1)))
    return replace(usual, rate=rate, hop=round(rate * usual.hop / usual.rate), taps=rate, bands=bands + 1)


ARTICLE = Sizes(units=512, harmonics=100, pitch="hertz", dry=0.0, ramps=False, masked=False)


@dataclass(frozen=True)
class Augmentation:
    """Random changes of the training data."""

    gain: float = 3.0  # dB by which a clip is made louder or softer, at most
    cents: float = 15.0  # deviation of the pitch that the decoder receives, a clip
    loudness: float = 0.5  # dB, deviation of the loudness that it receives, a frame
    dropout: float = 0.1  # in the decoder


@dataclass(frozen=True)
class Config:
    """Settings of a run."""

    sizes: Sizes = field(default_factory=Sizes)
    steps: int = 10_000
    minutes: float = 0.0  # duration of the run, if above 0, in place of `steps`
    batch: int = 8  # clips in a step, on each device
    clip: int = 240  # frames
    lead: int = 40  # first frames of a clip, in which states and room settle; not in the loss
    learning_rate: float = 2e-3
    augmentation: Augmentation = field(default_factory=Augmentation)
    seed: int = 0
