"""Convert a trained ddsp decoder to the tensors, the header and the probe of a preset."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from engine.pitch_and_frequency import pitch_of
from engine.preset.preset_file import Preset
from train.ddsp import preset_weights
from train.ddsp.dataset import Dataset
from train.ddsp.learn import LearnedDdsp
from train.ddsp.model import DdspModel

from .training_record import header_config, thin_losses

MAX_ERROR_DB = -55.0  # of the decoder outputs, up to which matrices are stored as float16
EXTRA_SEMITONES = 3  # added to the range of pitches above
PROBE_FRAMES, PROBE_STEP = 64, 9  # of the probe; every PROBE_STEP-th frame is stored
TRACKER = "the engine's, made exact by the partials, checked by SwiftF0; loudness by the engine"


def make_preset(learned: LearnedDdsp, dataset: Dataset, version: str, **metadata: Any) -> Preset:
    """Make a preset, without its loudness. metadata: name, description, author etc. of the header."""
    tensors = preset_weights.preset_tensors(learned.model)
    header = {**make_header(learned, dataset, version), **metadata}
    half_precision = {name: value.astype(np.float16) if value.ndim > 1 else value for name, value in tensors.items()}
    error = decoding_error_db(learned.model, preset_weights.load_model(header, half_precision), dataset)
    header["training"]["half"] = round(error, 1)
    return Preset(
        {**header, "probe": make_probe(learned.model, dataset)}, half_precision if error <= MAX_ERROR_DB else tensors
    )


def make_header(learned: LearnedDdsp, dataset: Dataset, version: str) -> dict[str, Any]:
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
            "mean": round(dataset.mean, 3),
            "deviation": round(dataset.deviation, 3),
            "tracker": TRACKER,
            "lag": 0.0,
            "agreement": round(dataset.agreement, 3),
        },
        "pitch": {"low": round(dataset.low, 2), "high": round(dataset.high, 2)},
        "keys": key_range(dataset),
        "training": {
            "version": version,
            "recipe": "ddsp",
            "config": header_config(config),
            "steps": len(learned.losses),
            "seconds": round(learned.seconds, 1),
            "seed": config.seed,
            "losses": thin_losses(learned.losses, 3),
            "kept": round(learned.validation_loss, 3) if learned.has_validation else None,
        },
    }


def make_probe(model: DdspModel, dataset: Dataset) -> dict[str, Any]:
    """Probe: a short curve and the decoder outputs of the torch model, at every ninth of its frames."""
    pitch, loudness = probe_curve(dataset)
    amplitude, harmonics, noise = decode(model, dataset, pitch, loudness)
    outputs = {"amplitude": amplitude, "harmonics": harmonics, "noise": noise}
    return {
        "curve": {"pitch": _rounded(pitch), "loudness": _rounded(loudness)},
        "every": PROBE_STEP,
        **{name: [_rounded(row) for row in part[PROBE_STEP - 1 :: PROBE_STEP]] for name, part in outputs.items()},
    }


def probe_curve(dataset: Dataset, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Pitch in Hz and loudness in dB (F,): glides over the range, swells over the loudness of the data."""
    random = np.random.default_rng(seed)
    positions = np.linspace(0, 8, PROBE_FRAMES)
    glides, swells = random.uniform(0, 1, 9), random.uniform(-2, 1.5, 9)
    pitch = dataset.low * (dataset.high / dataset.low) ** np.interp(positions, range(9), glides)
    loudness = dataset.mean + dataset.deviation * np.interp(positions, range(9), swells)
    return pitch.astype(np.float32), loudness.astype(np.float32)


def decode(model: DdspModel, dataset: Dataset, pitch: np.ndarray, loudness: np.ndarray) -> tuple[np.ndarray, ...]:
    """Decode curves (F,) to amplitude (F, 1), harmonic shares that sum to 1 (F, H) and noise bands (F, Nb)."""
    with torch.no_grad():
        pitch_hz = torch.from_numpy(pitch)[None]
        normalized = (torch.from_numpy(loudness)[None] - dataset.mean) / dataset.deviation
        tensors = model.cpu().eval().controls(pitch_hz, normalized)
    amplitude, harmonics, noise = (part[0].double().numpy() for part in tensors)
    return amplitude, harmonics / amplitude, noise


def decoding_error_db(model: DdspModel, other: DdspModel, dataset: Dataset) -> float:
    """Error of the decoder outputs of another model relative to this one, in dB: the worst of the three."""
    pitch, loudness = probe_curve(dataset, seed=1)
    pairs = zip(decode(model, dataset, pitch, loudness), decode(other, dataset, pitch, loudness), strict=True)
    return max(10 * float(np.log10(((a - b) ** 2).sum() / (a**2).sum() + 1e-20)) for a, b in pairs)


def key_range(dataset: Dataset) -> dict[str, int]:
    """Key range of the instrument: no lower than its lowest tone, as no instrument is."""
    low, high = (pitch_of(pitch) for pitch in (dataset.low, dataset.high))
    return {"low": max(round(low), 0), "high": min(round(high) + EXTRA_SEMITONES, 127)}


def with_loudness_scale(dataset: Dataset, preset: Preset) -> Dataset:
    """A dataset with the loudness normalization of a finished preset."""
    features = preset.header["features"]
    return replace(dataset, mean=float(features["mean"]), deviation=float(features["deviation"]))


def _rounded(values: np.ndarray) -> list[float]:
    """Values with seven digits, for a JSON header."""
    return [float(f"{value:.7g}") for value in values]
