"""From a trained resonance model to the tensors and the header of a preset."""

from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from train.learn import Learned

from engine.pitch_names import pitch_of
from engine.preset.preset_file import Preset
from train.resonance import gesture_maps
from train.resonance.modal_response import place, resound
from train.resonance.model import Resonance
from train.trainer import Config

from . import stereo_position as stage
from .mode_pitch import pitches

VELOCITY = 0.7  # at which a learned strike was played
RMS = 3**-0.5  # of noise in ±1
TOGETHER = 5  # frames of control that are heard as one strike
HEARD = 0.5  # seconds of a strike that count for how loud it is
RANGE = 12  # semitones that a resonance may be moved beyond those recorded
CURVE = 200  # points of the loss curve that are kept


def preset(
    learned: Learned[Resonance, Config], version: str, stereo: np.ndarray | None = None, **words: Any
) -> Preset:
    """A whole preset, but for its loudness and probe.

    stereo: (2, N), the recording's sides if it has two. words: name, description, author and so on, of the header.
    """
    found = tensors(learned.model, None if stereo is None else stage.places(learned.model, stereo))
    return Preset({**header(learned, found["pitch"], version), **words}, found)


def tensors(model: Resonance, places: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """All tensors of a preset; places: (R, E, J) in the stereo field, none for the middle.

    Mass, tension and damping become frequency and decay; norm, mix and amplitude the residue. Every resonance is
    struck equally loud by one unit of energy; the router makes up for it, so the recording's own control sounds as
    before.
    """
    with torch.no_grad():
        modes = {name: part.cpu().numpy() for name, part in model.modes()._asdict().items()}
        mix = model.mix.softmax(1).cpu().double().numpy()
    attack, envelope = _numbers(model.strike), _numbers(model.envelope)
    frequency, residue = _folded(modes["angle"], modes["residue"], model.sizes.rate)
    residue = residue * mix[:, 1, None, None]
    pitch, harmonic = pitches(frequency, modes["decay"] * model.sizes.rate, residue)
    even = _evened(model)[:, None]
    control = _numbers(model.played())
    sites = np.argwhere(control > 0)
    found = {
        "frequency": frequency[:, None],
        "decay": modes["decay"][:, None] * model.sizes.rate,
        "amplitude": np.abs(residue)[:, None],
        "phase": np.angle(residue)[:, None],
        "place": np.zeros_like(frequency) if places is None else places,
        "strike": (even * attack)[:, None] if attack.shape[1] else np.zeros((len(attack), 1, 1)),
        "envelope": (even * envelope)[:, None],
        "knock": (even * _sum(mix[:, :1] * attack, _numbers(model.knock)))[:, None],
        "hiss": (even * mix[:, :1] * envelope)[:, None],
        "gain": np.abs(_numbers(model.gain)),
        "pitch": pitch,
        "harmonic": harmonic,
        "velocity": np.full((len(frequency), 1), VELOCITY),
        "router": _numbers(model.router) / even[:, 0],
        "control_values": control[tuple(sites.T)],
        "deformation": _logits(model),
        **_maps(control, _numbers(model.router), frequency, residue, modes["decay"]),
    }
    laid = {name: np.ascontiguousarray(value, np.float32) for name, value in found.items()}
    return {**laid, "control_sites": np.ascontiguousarray(sites, np.int32)}


def header(learned: Learned[Resonance, Config], pitch: np.ndarray, version: str) -> dict[str, Any]:
    """What a preset says of its model: sizes, control plane, range of keys, and how it was learned.

    pitch: (R,) Hz, of its resonances.
    """
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
            "config": asdict(learned.config),
            "steps": len(learned.losses),
            "seconds": round(learned.seconds, 1),
            "losses": curve(learned.losses),
            "seed": learned.config.seed,
            "compression_ratio": round(compression(model), 4),
        },
    }


def compression(model: Resonance) -> float:
    """Learned numbers over samples; a site of the control signal counts three: where, when, how much."""
    numbers = sum(value.numel() for name, value in model.named_parameters() if name != "control")
    sites = int((model.played() > 0).sum())
    return (numbers + 3 * sites) / model.sizes.frames


def curve(losses: list[float]) -> list[float]:
    """A loss curve in at most 200 points, each the mean of its share of the run."""
    shares = np.array_split(np.asarray(losses, np.float64), min(CURVE, len(losses)) or 1)
    return [round(float(share.mean()), 2) for share in shares if len(share)]


def key_range(pitch: np.ndarray) -> tuple[int, int]:
    """MIDI keys that pitches (R,) in Hz can serve; where none has one, one key each from 36 on."""
    known = pitch[pitch > 0]
    if len(known) == 0:
        return 36, min(36 + len(pitch) - 1, 127)
    notes = pitch_of(known)
    return max(int(np.floor(notes.min())) - RANGE, 0), min(int(np.ceil(notes.max())) + RANGE, 127)


def _folded(angle: np.ndarray, residue: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies in Hz below half the rate, and residues: a mode above it sounds as its mirror image."""
    wrapped = np.remainder(angle, 2 * np.pi)
    mirrored = wrapped > np.pi
    frequency = np.where(mirrored, 2 * np.pi - wrapped, wrapped) * rate / (2 * np.pi)
    highest = np.nextafter(np.float32(rate / 2), np.float32(0))
    return np.minimum(frequency, highest), np.where(mirrored, residue.conj(), residue)


def _evened(model: Resonance) -> np.ndarray:
    """By what the attack of each resonance (R,) must be multiplied for all to be equally loud.

    As loud, on average, as the louder strikes of the recording: so the tanh has the work that it was learned with.
    """
    sizes = model.sizes
    with torch.no_grad():
        once = torch.zeros(sizes.resonances, -(-int(HEARD * sizes.rate) // sizes.hop), device=model.gain.device)
        once[:, 0] = 1
        breath = RMS * torch.ones(sizes.resonances, sizes.attack, device=model.gain.device)
        attacks = model.attacks(breath)
        wet = resound(once, attacks, model.modes(), sizes.hop)
        rest = torch.softmax(torch.eye(sizes.variants)[0], 0).to(wet)
        mix = model.mix.softmax(1)
        dry = place(once, mix[:, :1] * attacks + model.direct(), sizes.hop)
        heard = dry + mix[:, 1:] * (rest[:, None] * wet).sum(1)
        level = _numbers(model.gain.abs() * heard.square().mean(1).sqrt())
        energy = _numbers(model.router.T @ model.played()).clip(min=0)
    level = np.maximum(level, 1e-3 * level.max() + 1e-12)
    energy = np.stack([np.convolve(row, np.ones(TOGETHER), "same") for row in energy])
    played = np.array([np.percentile(row[row > 0], 90) if (row > 0).any() else 0.0 for row in energy])
    usual = (level * played)[played > 0]
    return np.exp(np.log(usual).mean()) / level if len(usual) else np.ones_like(level)


def _maps(
    control: np.ndarray, router: np.ndarray, frequency: np.ndarray, residue: np.ndarray, decay: np.ndarray
) -> dict[str, np.ndarray]:
    """Gestures and keys into the control plane."""
    energy = (np.abs(residue) ** 2 / decay).reshape(len(frequency), -1)
    heard = (energy * np.log(np.maximum(frequency, 1).reshape(energy.shape))).sum(1) / energy.sum(1)
    share = router**2 + 1e-12
    height = np.exp((share @ heard) / share.sum(1))
    axes = {"map_pad": 2, "map_motion": 3, "map_hand": 63}
    maps = {name: gesture_maps.components(control, count) for name, count in axes.items()}
    return {**maps, "map_keys": gesture_maps.keys(control, height)}


def _sum(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The sum of curves (R, A) and (R, B), the shorter going on as silence."""
    out = np.zeros((len(a), max(a.shape[1], b.shape[1])))
    out[:, : a.shape[1]] += a
    out[:, : b.shape[1]] += b
    return out


def _logits(model: Resonance) -> np.ndarray:
    """The deformation before its softmax: (E, F)."""
    logits = _numbers(model.deformation)
    logits[0] += 1
    return logits


def _numbers(values: torch.Tensor) -> np.ndarray:
    return values.detach().cpu().double().numpy().copy()
