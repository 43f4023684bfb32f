"""Convert a trained resonance model to the tensors and the header of a preset."""

from typing import Any

import numpy as np
import torch

from engine.pitch_and_frequency import pitch_of
from engine.preset.preset_file import Preset
from train.resonance import control_components
from train.resonance.config import Config
from train.resonance.modal_recurrence import place_attacks, render_modes
from train.resonance.model import ResonanceModel
from train.trainer import LearnedModel

from . import stereo_position
from .mode_pitch import estimate_pitches
from .training_record import header_config, thin_losses

VELOCITY = 0.7  # of a learned strike
NOISE_RMS = 3**-0.5  # of uniform noise in ±1
STRIKE_FRAMES = 5  # frames of the control signal that count as one strike
LEVEL_SECONDS = 0.5  # of a strike, over which its level is measured
EXTRA_SEMITONES = 12  # by which keys exceed the learned pitches


def make_preset(
    learned: LearnedModel[ResonanceModel, Config], version: str, stereo: np.ndarray | None = None, **metadata: Any
) -> Preset:
    """Make a preset, without its loudness and probe.

    stereo: (2, N), the recording's channels if it has two. metadata: name, description, author etc. of the header.
    """
    tensors = make_tensors(
        learned.model, None if stereo is None else stereo_position.stereo_positions(learned.model, stereo)
    )
    return Preset({**make_header(learned, tensors["pitch"], version), **metadata}, tensors)


def make_tensors(model: ResonanceModel, positions: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """All tensors of a preset; positions: (R, E, J) in the stereo field, None for the centre.

    Mass, tension and damping become frequency and decay; norm, mix and amplitude the residue. One unit of energy
    makes every resonance equally loud; the router compensates, so the learned control signal sounds as before.
    """
    with torch.no_grad():
        modes = {name: part.cpu().numpy() for name, part in model.modes()._asdict().items()}
        mix = model.mix.softmax(1).cpu().double().numpy()
    attack, envelope = to_numpy(model.strike), to_numpy(model.envelope)
    frequency, residue = _alias(modes["angle"], modes["residue"], model.sizes.rate)
    residue = residue * mix[:, 1, None, None]
    pitch, harmonic = estimate_pitches(frequency, modes["decay"] * model.sizes.rate, residue)
    gains = _level_gains(model)[:, None]
    control = to_numpy(model.gated_control())
    sites = np.argwhere(control > 0)
    tensors = {
        "frequency": frequency[:, None],
        "decay": modes["decay"][:, None] * model.sizes.rate,
        "amplitude": np.abs(residue)[:, None],
        "phase": np.angle(residue)[:, None],
        "place": np.zeros_like(frequency) if positions is None else positions,
        "strike": (gains * attack)[:, None] if attack.shape[1] else np.zeros((len(attack), 1, 1)),
        "envelope": (gains * envelope)[:, None],
        "knock": (gains * _sum(mix[:, :1] * attack, to_numpy(model.knock)))[:, None],
        "hiss": (gains * mix[:, :1] * envelope)[:, None],
        "gain": np.abs(to_numpy(model.gain)),
        "pitch": pitch,
        "harmonic": harmonic,
        "velocity": np.full((len(frequency), 1), VELOCITY),
        "router": to_numpy(model.router) / gains[:, 0],
        "control_values": control[tuple(sites.T)],
        "deformation": _logits(model),
        **_maps(control, to_numpy(model.router), frequency, residue, modes["decay"]),
    }
    arrays = {name: np.ascontiguousarray(value, np.float32) for name, value in tensors.items()}
    return {**arrays, "control_sites": np.ascontiguousarray(sites, np.int32)}


def make_header(learned: LearnedModel[ResonanceModel, Config], pitch: np.ndarray, version: str) -> dict[str, Any]:
    """Header of a preset: sizes, control plane, range of keys, and training. pitch: (R,) Hz of the resonances."""
    sizes, model = learned.config.sizes, learned.model
    low, high = key_range(pitch)
    return {
        "format_version": "1.0",
        "kind": "resonance",
        "rate": sizes.rate,
        "attack": sizes.attack,
        "keys": {"low": low, "high": high},
        "control": {"dimensions": sizes.control, "frames": sizes.frames // sizes.hop, "hop": sizes.hop},
        "training": {
            "version": version,
            "recipe": "resonance",
            "config": header_config(learned.config),
            "steps": len(learned.losses),
            "seconds": round(learned.seconds, 1),
            "losses": thin_losses(learned.losses),
            "seed": learned.config.seed,
            "compression_ratio": round(compression_ratio(model), 4),
        },
    }


def compression_ratio(model: ResonanceModel) -> float:
    """Learned numbers per sample; a site of the control signal counts three: position, time and value."""
    numbers = sum(value.numel() for name, value in model.named_parameters() if name != "control")
    sites = int((model.gated_control() > 0).sum())
    return (numbers + 3 * sites) / model.sizes.frames


def key_range(pitch: np.ndarray) -> tuple[int, int]:
    """Lowest and highest MIDI key for pitches (R,) in Hz; without any, one key each from 36 on."""
    known = pitch[pitch > 0]
    if len(known) == 0:
        return 36, min(36 + len(pitch) - 1, 127)
    notes = pitch_of(known)
    return max(int(np.floor(notes.min())) - EXTRA_SEMITONES, 0), min(int(np.ceil(notes.max())) + EXTRA_SEMITONES, 127)


def _alias(angle: np.ndarray, residue: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies in Hz below half the rate, and residues: modes above it are aliased to their mirror image."""
    wrapped = np.remainder(angle, 2 * np.pi)
    mirrored = wrapped > np.pi
    frequency = np.where(mirrored, 2 * np.pi - wrapped, wrapped) * rate / (2 * np.pi)
    highest = np.nextafter(np.float32(rate / 2), np.float32(0))
    return np.minimum(frequency, highest), np.where(mirrored, residue.conj(), residue)


def _level_gains(model: ResonanceModel) -> np.ndarray:
    """Gain of each resonance's attack (R,) that makes all equally loud.

    The level is the mean of the louder strikes of the recording, so that the tanh works in its learned range.
    """
    sizes = model.sizes
    with torch.no_grad():
        control = torch.zeros(
            sizes.resonances, -(-int(LEVEL_SECONDS * sizes.rate) // sizes.hop), device=model.gain.device
        )
        control[:, 0] = 1
        noise = NOISE_RMS * torch.ones(sizes.resonances, sizes.attack, device=model.gain.device)
        attacks = model.attacks(noise)
        wet = render_modes(control, attacks, model.modes(), sizes.hop)
        weights = torch.softmax(torch.eye(sizes.variants)[0], 0).to(wet)
        mix = model.mix.softmax(1)
        dry = place_attacks(control, mix[:, :1] * attacks + model.direct(), sizes.hop)
        sound = dry + mix[:, 1:] * (weights[:, None] * wet).sum(1)
        level = to_numpy(model.gain.abs() * sound.square().mean(1).sqrt())
        energy = to_numpy(model.router.T @ model.gated_control()).clip(min=0)
    level = np.maximum(level, 1e-3 * level.max() + 1e-12)
    energy = np.stack([np.convolve(row, np.ones(STRIKE_FRAMES), "same") for row in energy])
    played = np.array([np.percentile(row[row > 0], 90) if (row > 0).any() else 0.0 for row in energy])
    levels = (level * played)[played > 0]
    return np.exp(np.log(levels).mean()) / level if len(levels) else np.ones_like(level)


def _maps(
    control: np.ndarray, router: np.ndarray, frequency: np.ndarray, residue: np.ndarray, decay: np.ndarray
) -> dict[str, np.ndarray]:
    """Maps from gestures and keys to the control plane."""
    energy = (np.abs(residue) ** 2 / decay).reshape(len(frequency), -1)
    mean_log_frequency = (energy * np.log(np.maximum(frequency, 1).reshape(energy.shape))).sum(1) / energy.sum(1)
    weights = router**2 + 1e-12
    pitches = np.exp((weights @ mean_log_frequency) / weights.sum(1))
    axes = {"map_pad": 2, "map_motion": 3, "map_hand": 63}
    maps = {name: control_components.find_components(control, count) for name, count in axes.items()}
    return {**maps, "map_keys": control_components.map_keys(control, pitches)}


def _sum(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Sum of curves (R, A) and (R, B), the shorter zero-padded."""
    total = np.zeros((len(a), max(a.shape[1], b.shape[1])))
    total[:, : a.shape[1]] += a
    total[:, : b.shape[1]] += b
    return total


def _logits(model: ResonanceModel) -> np.ndarray:
    """Logits of the deformation: (E, F)."""
    logits = to_numpy(model.deformation)
    logits[0] += 1
    return logits


def to_numpy(values: torch.Tensor) -> np.ndarray:
    """Copy of a tensor as float64 on the CPU."""
    return values.detach().cpu().double().numpy().copy()
