"""Convert a trained state-space model to the tensors and the header of a preset."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from engine import reference_output
from engine.kinds import PLAY_PARAM
from engine.kinds.ssm import MAX_NORM
from engine.pitch_and_frequency import ratio_of
from engine.preset.preset_file import Preset
from train.resonance import control_components
from train.ssm.config import Config
from train.ssm.model import StateSpaceModel
from train.trainer import LearnedModel

from .mode_pitch import estimate_pitch, spectral_peaks
from .reference_output import SAMPLES, STRIDE_SAMPLES
from .resonance import key_range, to_numpy
from .training_record import header_config, thin_losses

LEVEL_SECONDS = 0.5  # of a strike, over which its level is measured
PITCH_SECONDS = 1.5  # of a strike that are rendered for its pitch
SKIPPED_SECONDS = 0.03  # of them that are left out
MAX_ENERGY_RATIO = 4.0  # limit of the energy that evens the dimensions' levels, relative to the learned energy
MIN_DRUM_DIMENSIONS = 4  # minimum number of dimensions of a drum with one pitch
MIN_DIMENSIONS_PER_PITCH = 8  # minimum number of dimensions per pitch of a drum with several
SAME_PITCH_RATIO = ratio_of(1)  # ratio below which two pitches are the same


def make_preset(learned: LearnedModel[StateSpaceModel, Config], version: str, **metadata: Any) -> Preset:
    """Make a preset, without its loudness. metadata: name, description, author etc. of the header."""
    tensors = make_tensors(learned.model)
    preset = Preset({**make_header(learned, tensors["pitch"][tensors["energy"] > 0], version), **metadata}, tensors)
    return replace(preset, header={**preset.header, "probe": make_probe(preset)})


def make_tensors(model: StateSpaceModel) -> dict[str, np.ndarray]:
    """All tensors of a preset: the two input matrices merged, the recurrence made a contraction."""
    with torch.no_grad():
        control = to_numpy(model.gated_control())
        input_matrix, output = to_numpy(model.input_matrix()), to_numpy(model.output)
    weight = clip_singular_values(to_numpy(model.recurrence))
    rate = model.sizes.rate
    energy = _equal_loudness(weight, input_matrix, output, control, rate)
    sound = render_strikes(weight, input_matrix * energy, output, int(PITCH_SECONDS * rate))
    decaying = sound[:, int(SKIPPED_SECONDS * rate) :]
    spectra = [spectral_peaks(row, rate, 4 * len(row)) for row in decaying]
    is_used = energy > 0
    mean_frequencies = np.array(
        [np.exp((e * np.log(np.maximum(f, 1))).sum() / (e.sum() + 1e-12)) for f, e in spectra]
    )
    sites = np.argwhere(control > 0)
    axes = {"map_pad": 2, "map_motion": 3, "map_hand": 63}
    tensors = {
        "recurrence": weight,
        "input": input_matrix,
        "output": output,
        "pitch": np.array(
            [estimate_pitch(f, e) if used else 0.0 for (f, e), used in zip(spectra, is_used, strict=True)]
        ),
        "energy": energy,
        "control_values": control[tuple(sites.T)],
        **{name: control_components.find_components(control, count) for name, count in axes.items()},
        "map_keys": control_components.map_keys(control, mean_frequencies),
    }
    arrays = {name: np.ascontiguousarray(value, np.float32) for name, value in tensors.items()}
    return {**arrays, "control_sites": np.ascontiguousarray(sites, np.int32)}


def make_header(learned: LearnedModel[StateSpaceModel, Config], pitches: np.ndarray, version: str) -> dict[str, Any]:
    """Header of a preset: control plane, range of keys, and training; pitches: (K,) Hz."""
    sizes = learned.config.sizes
    drum = is_drum(pitches)
    low, high = (
        (control_components.FIRST_KEY, control_components.FIRST_KEY + len(pitches) - 1)
        if drum
        else key_range(pitches)
    )
    return {
        "format_version": "1.0",
        "kind": "ssm",
        "rate": sizes.rate,
        "keys": {"low": low, "high": high},
        "params": {PLAY_PARAM: float(not drum)},
        "control": {"dimensions": sizes.control, "frames": sizes.samples // sizes.frame, "hop": sizes.frame},
        "training": {
            "version": version,
            "recipe": f"ssm, {learned.config.start}",
            "config": {name: value for name, value in header_config(learned.config).items() if value != float("inf")},
            "steps": len(learned.losses),
            "seconds": round(learned.seconds, 1),
            "losses": thin_losses(learned.losses),
            "seed": learned.config.seed,
            "compression_ratio": round(learned.model.compression_ratio(), 4),
        },
    }


def is_drum(pitches: np.ndarray) -> bool:
    """Whether the dimensions (K,) in Hz are drum strokes rather than notes: many for each distinct pitch."""
    distinct, lowest = 0, 0.0
    for hertz in np.sort(pitches[pitches > 0]):
        if hertz >= SAME_PITCH_RATIO * lowest:
            distinct, lowest = distinct + 1, hertz
    return len(pitches) >= (MIN_DRUM_DIMENSIONS if distinct < 2 else MIN_DIMENSIONS_PER_PITCH * distinct)


def clip_singular_values(weight: np.ndarray) -> np.ndarray:
    """Clip the singular values of a recurrence (S, S) to MAX_NORM, so that every state decays."""
    left, values, right = np.linalg.svd(weight.astype(np.float64))
    return (left * np.minimum(values, MAX_NORM)) @ right


def render_strikes(weight: np.ndarray, input_matrix: np.ndarray, output: np.ndarray, samples: int) -> np.ndarray:
    """Sound of one strike of each column of an input matrix (S, K): (K, samples), in float64."""
    h, frames = np.tanh(input_matrix), []
    for _ in range(-(-samples // len(output))):
        frames.append(np.sin(output @ h))
        h = np.tanh(weight @ h)
    return np.concatenate(frames)[:samples].T


def make_probe(preset: Preset) -> dict[str, Any]:
    """Probe: the start of the learned performance, by torch in float64."""
    t = {
        name: torch.from_numpy(tensor.astype(np.float64))
        for name, tensor in preset.tensors.items()
        if tensor.ndim == 2
    }
    control = torch.zeros(
        preset.header["control"]["dimensions"], preset.header["control"]["frames"], dtype=torch.float64
    )
    dimensions, steps = preset.tensors["control_sites"].T
    control[dimensions, steps] = torch.from_numpy(preset.tensors["control_values"].astype(np.float64))
    h, frames = torch.zeros(len(t["recurrence"]), dtype=torch.float64), []
    for column in control.T:
        h = torch.tanh(t["recurrence"] @ h + t["input"] @ column)
        frames.append(torch.sin(t["output"] @ h))
    sound = torch.cat(frames).numpy()
    count = min(max(SAMPLES, int(np.abs(sound).argmax()) + SAMPLES // 2), len(sound))
    return reference_output.make_probe(sound[:count], STRIDE_SAMPLES, {"performance": "learned"})


def _equal_loudness(
    weight: np.ndarray, input_matrix: np.ndarray, output: np.ndarray, control: np.ndarray, rate: float
) -> np.ndarray:
    """Energy (K,) at which each used dimension is equally loud; 0 for unused ones."""
    played = np.array([np.percentile(row[row > 0], 90) if row.any() else 0.0 for row in control])
    is_used = played > 0
    energy, mean_level = played.copy(), 0.0
    for _ in range(4):
        sound = render_strikes(weight, input_matrix * energy, output, int(LEVEL_SECONDS * rate))
        level = np.sqrt((sound**2).mean(axis=1)) + 1e-9
        mean_level = mean_level or float(np.exp(np.log(level[is_used]).mean())) if is_used.any() else 1.0
        energy = np.clip(energy * mean_level / level, played / MAX_ENERGY_RATIO, played * MAX_ENERGY_RATIO)
    return energy
