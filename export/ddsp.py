"""From a trained decoder to the tensors, the header and the probe of a preset."""

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import torch

from engine.pitch_names import pitch_of
from engine.preset.preset_file import Preset
from train.ddsp import checkpoint
from train.ddsp.dataset import Corpus
from train.ddsp.learn import Learned
from train.ddsp.model import Instrument

ENOUGH = -55.0  # dB of the error that float16 matrices may make in what the decoder says
BEYOND = 3  # semitones above and below what was heard that keys may play
CURVE = 200  # points of the loss curve that are kept
FRAMES, EVERY = 64, 9  # of the probe: how many, and every how many-th is kept
TRACKER = "the engine's, made exact by the partials, checked by SwiftF0; loudness by the engine"


def preset(learned: Learned, corpus: Corpus, version: str, **words: Any) -> Preset:
    """A whole preset, but for its loudness. words: name, description, author and so on, of the header."""
    found = checkpoint.tensors(learned.model)
    about = {**header(learned, corpus, version), **words}
    halved = {name: value.astype(np.float16) if value.ndim > 1 else value for name, value in found.items()}
    error = deviation(learned.model, checkpoint.model_of(about, halved), corpus)
    about["training"]["half"] = round(error, 1)
    return Preset({**about, "probe": probe(learned.model, corpus)}, halved if error <= ENOUGH else found)


def header(learned: Learned, corpus: Corpus, version: str) -> dict[str, Any]:
    """What a preset says of its model: rate, features, range, and how it was learned."""
    sizes, config = learned.config.sizes, learned.config
    return {
        "format_version": "1.0",
        "kind": "ddsp",
        "rate": sizes.rate,
        "hop": sizes.hop,
        "dry": sizes.dry,
        "features": {
            "pitch": sizes.pitch,
            "mean": round(corpus.mean, 3),
            "deviation": round(corpus.deviation, 3),
            "tracker": TRACKER,
            "lag": 0.0,
            "agreement": round(corpus.agreement, 3),
        },
        "pitch": {"low": round(corpus.low, 2), "high": round(corpus.high, 2)},
        "keys": _keys(corpus),
        "training": {
            "version": version,
            "recipe": "ddsp",
            "config": asdict(config),
            "steps": len(learned.losses),
            "seconds": round(learned.seconds, 1),
            "seed": config.seed,
            "losses": [round(float(loss), 3) for loss in _thinned(learned.losses)],
            "kept": round(learned.tested, 3) if learned.held else None,
        },
    }


def probe(model: Instrument, corpus: Corpus) -> dict[str, Any]:
    """A short curve, and what the decoder says to it as torch has it, at every ninth of its frames."""
    pitch, loudness = curve(corpus)
    amplitude, harmonics, noise = said(model, corpus, pitch, loudness)
    rows = {"amplitude": amplitude, "harmonics": harmonics, "noise": noise}
    return {
        "curve": {"pitch": _numbers(pitch), "loudness": _numbers(loudness)},
        "every": EVERY,
        **{name: [_numbers(row) for row in part[EVERY - 1 :: EVERY]] for name, part in rows.items()},
    }


def curve(corpus: Corpus, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Pitch in Hz and loudness in dB (F,): glides over the range, swells over what was heard."""
    random = np.random.default_rng(seed)
    at = np.linspace(0, 8, FRAMES)
    places, swells = random.uniform(0, 1, 9), random.uniform(-2, 1.5, 9)
    pitch = corpus.low * (corpus.high / corpus.low) ** np.interp(at, range(9), places)
    loudness = corpus.mean + corpus.deviation * np.interp(at, range(9), swells)
    return pitch.astype(np.float32), loudness.astype(np.float32)


def said(model: Instrument, corpus: Corpus, pitch: np.ndarray, loudness: np.ndarray) -> tuple[np.ndarray, ...]:
    """Amplitude (F, 1), shares of the harmonics that sum to 1 (F, H) and noise bands (F, Nb) of curves (F,)."""
    with torch.no_grad():
        hertz = torch.from_numpy(pitch)[None]
        heard = (torch.from_numpy(loudness)[None] - corpus.mean) / corpus.deviation
        found = model.cpu().eval().controls(hertz, heard)
    amplitude, harmonics, noise = (part[0].double().numpy() for part in found)
    return amplitude, harmonics / amplitude, noise


def deviation(model: Instrument, other: Instrument, corpus: Corpus) -> float:
    """How far the heads of another model are from those of this one, in dB: the worst of the three."""
    pitch, loudness = curve(corpus, seed=1)
    pairs = zip(said(model, corpus, pitch, loudness), said(other, corpus, pitch, loudness), strict=True)
    return max(10 * float(np.log10(((a - b) ** 2).sum() / (a**2).sum() + 1e-20)) for a, b in pairs)


def limited(corpus: Corpus, like: Preset) -> Corpus:
    """A corpus whose loudness is told to the decoder as that of a finished preset was."""
    features = like.header["features"]
    return replace(corpus, mean=float(features["mean"]), deviation=float(features["deviation"]))


def _keys(corpus: Corpus) -> dict[str, int]:
    low, high = (pitch_of(pitch) for pitch in (corpus.low, corpus.high))
    return {"low": max(round(low) - BEYOND, 0), "high": min(round(high) + BEYOND, 127)}


def _thinned(losses: list[float]) -> list[float]:
    """Means over equal parts of a run."""
    parts = np.array_split(np.array(losses, float), min(CURVE, len(losses)))
    return [float(part.mean()) for part in parts]


def _numbers(values: np.ndarray) -> list[float]:
    return [float(f"{value:.7g}") for value in values]
