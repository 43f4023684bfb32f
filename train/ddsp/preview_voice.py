"""A voice that plays the instrument while it learns, brought to its range and its level."""

from pathlib import Path

import numpy as np

from train import recording

from .dataset import Corpus, passage
from .decoder import Sizes
from .features import Features, follow
from .segments import SILENCE, Passage


def transferred(path: str | Path, corpus: Corpus, sizes: Sizes) -> Passage:
    """The curves of a recorded voice, octaves up or down and so many dB louder that the instrument knows them.

    Raises RecordingError for a file that cannot be read, ValueError for one without a sound.
    """
    samples = recording.load(path, sizes.rate)[0].mean(axis=0)
    heard = follow(samples / max(float(np.abs(samples).max()), 1e-6), sizes.rate, sizes.hop)
    sung = heard.voiced & (heard.loudness > SILENCE)
    if not sung.any():
        raise ValueError(f"no pitch can be heard in {path}")
    middle = np.sqrt(corpus.low * corpus.high)
    octaves = np.round(np.log2(middle / np.median(heard.pitch[sung])))
    louder = corpus.mean - heard.loudness[sung].mean()
    pitch = np.clip(heard.pitch * 2**octaves, corpus.low, corpus.high)
    return passage(samples, sizes, Features(pitch, heard.voiced, heard.loudness + louder, heard.agreement))
