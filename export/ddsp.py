"""Convert a trained ddsp decoder to the tensors, the header and the probe of a preset."""

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

MAX_ERROR_DB = -55.0  # of the decoder outputs, up to which matrices are stored as float16
EXTRA_SEMITONES = 3  # added to the range of pitches below and above
MAX_LOSS_POINTS = 200  # points of the loss curve that are kept
PROBE_FRAMES, PROBE_STEP = 64, 9  # of the probe; every PROBE_STEP-th frame is stored
TRACKER = "the engine's, made exact by the partials, checked by SwiftF0; loudness by the engine"


def make_preset(learned: Learned, corpus: Corpus, version: str, **words: Any) -> Preset:
    """Make a preset, without its loudness. words: name, description, author etc. of the header."""
    tensors = checkpoint.tensors(learned.model)
    header = {**make_header(learned, corpus, version), **words}
    half_precision = {name: value.astype(np.float16) if value.ndim > 1 else value for name, value in tensors.items()}
    error = decoding_error_db(learned.model, checkpoint.model_of(header, half_precision), corpus)
    header["training"]["half"] = round(error, 1)
    return Preset(
        {**header, "probe": make_probe(learned.model, corpus)}, half_precision if error <= MAX_ERROR_DB else tensors
    )


def make_header(learned: Learned, corpus: Corpus, version: str) -> dict[str, Any]:
    """Header of a preset: rate, features, range, and training."""
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
            "losses": [round(float(loss), 3) for loss in _thin_losses(learned.losses)],
            "kept": round(learned.tested, 3) if learned.held else None,
        },
    }


def make_probe(model: Instrument, corpus: Corpus) -> dict[str, Any]:
    """Probe: a short curve and the decoder outputs of the torch model, at every ninth of its frames."""
    pitch, loudness = probe_curve(corpus)
    amplitude, harmonics, noise = decode(model, corpus, pitch, loudness)
    outputs = {"amplitude": amplitude, "harmonics": harmonics, "noise": noise}
    return {
        "curve": {"pitch": _numbers(pitch), "loudness": _numbers(loudness)},
        "every": PROBE_STEP,
        **{name: [_numbers(row) for row in part[PROBE_STEP - 1 :: PROBE_STEP]] for name, part in outputs.items()},
    }


def probe_curve(corpus: Corpus, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Pitch in Hz and loudness in dB (F,): glides over the range, swells over the loudness of the data."""
    random = np.random.default_rng(seed)
    positions = np.linspace(0, 8, PROBE_FRAMES)
    glides, swells = random.uniform(0, 1, 9), random.uniform(-2, 1.5, 9)
    pitch = corpus.low * (corpus.high / corpus.low) ** np.interp(positions, range(9), glides)
    loudness = corpus.mean + corpus.deviation * np.interp(positions, range(9), swells)
    return pitch.astype(np.float32), loudness.astype(np.float32)


def decode(model: Instrument, corpus: Corpus, pitch: np.ndarray, loudness: np.ndarray) -> tuple[np.ndarray, ...]:
    """Decode curves (F,) to amplitude (F, 1), harmonic shares that sum to 1 (F, H) and noise bands (F, Nb)."""
    with torch.no_grad():
        pitch_hz = torch.from_numpy(pitch)[None]
        normalized = (torch.from_numpy(loudness)[None] - corpus.mean) / corpus.deviation
        tensors = model.cpu().eval().controls(pitch_hz, normalized)
    amplitude, harmonics, noise = (part[0].double().numpy() for part in tensors)
    return amplitude, harmonics / amplitude, noise


def decoding_error_db(model: Instrument, other: Instrument, corpus: Corpus) -> float:
    """Error of the decoder outputs of another model relative to this one, in dB: the worst of the three."""
    pitch, loudness = probe_curve(corpus, seed=1)
    pairs = zip(decode(model, corpus, pitch, loudness), decode(other, corpus, pitch, loudness), strict=True)
    return max(10 * float(np.log10(((a - b) ** 2).sum() / (a**2).sum() + 1e-20)) for a, b in pairs)


def with_loudness_scale(corpus: Corpus, preset: Preset) -> Corpus:
    """A corpus with the loudness normalization of a finished preset."""
    features = preset.header["features"]
    return replace(corpus, mean=float(features["mean"]), deviation=float(features["deviation"]))


def _keys(corpus: Corpus) -> dict[str, int]:
    """Key range of the instrument."""
    low, high = (pitch_of(pitch) for pitch in (corpus.low, corpus.high))
    return {"low": max(round(low) - EXTRA_SEMITONES, 0), "high": min(round(high) + EXTRA_SEMITONES, 127)}


def _thin_losses(losses: list[float]) -> list[float]:
    """Means over equal parts of a loss curve."""
    parts = np.array_split(np.array(losses, float), min(MAX_LOSS_POINTS, len(losses)))
    return [float(part.mean()) for part in parts]


def _numbers(values: np.ndarray) -> list[float]:
    return [float(f"{value:.7g}") for value in values]
