"""From a trained state-space model to the tensors and the header of a preset."""

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import torch

from engine.kinds.ssm import RADIUS
from engine.preset.preset_file import Preset
from engine.probe import described
from train.learn import Learned
from train.resonance import gesture_maps
from train.ssm.model import StateSpace
from train.ssm.trainer import Config

from .mode_pitch import pitch
from .probe import EVERY, SAMPLES
from .resonance import curve, key_range

HEARD = 0.5  # seconds of a strike that count for how loud it is
RINGS = 1.5  # seconds of a strike that are looked at for its pitch
AFTER = 0.03  # seconds of it that are not
HARDEST = 4.0  # times its learned energy: harder no dimension is struck to be as loud as the others
STROKES = 4  # dimensions that a drum of one pitch has, at least
SHARED = 8  # dimensions to each pitch that a drum of several has, at least
NEAR = 2 ** (1 / 12)  # between two pitches that are one
PEAKS = 40  # of a spectrum that a pitch is looked for in


def preset(learned: Learned[StateSpace, Config], version: str, **words: Any) -> Preset:
    """A whole preset, but for its loudness. words: name, description, author and so on, of the header."""
    found = tensors(learned.model)
    made = Preset({**header(learned, found["pitch"][found["energy"] > 0], version), **words}, found)
    return replace(made, header={**made.header, "probe": probe(made)})


def tensors(model: StateSpace) -> dict[str, np.ndarray]:
    """All tensors of a preset: the two matrices of the entrance as one, the recurrence a contraction."""
    with torch.no_grad():
        control = _numbers(model.played())
        entrance, output = _numbers(model.entrance()), _numbers(model.output)
    weight = contracted(_numbers(model.recurrence))
    rate = model.sizes.rate
    energy = _evened(weight, entrance, output, control, rate)
    sound = strikes(weight, entrance * energy, output, int(RINGS * rate))
    spectra = [_peaks(row[int(AFTER * rate) :], rate) for row in sound]
    heard = energy > 0
    height = np.array([np.exp((e * np.log(np.maximum(f, 1))).sum() / (e.sum() + 1e-12)) for f, e in spectra])
    sites = np.argwhere(control > 0)
    axes = {"map_pad": 2, "map_motion": 3, "map_hand": 63}
    found = {
        "recurrence": weight,
        "input": entrance,
        "output": output,
        "pitch": np.array([pitch(f, e) if on else 0.0 for (f, e), on in zip(spectra, heard, strict=True)]),
        "energy": energy,
        "control_values": control[tuple(sites.T)],
        **{name: gesture_maps.components(control, count) for name, count in axes.items()},
        "map_keys": gesture_maps.keys(control, height),
    }
    laid = {name: np.ascontiguousarray(value, np.float32) for name, value in found.items()}
    return {**laid, "control_sites": np.ascontiguousarray(sites, np.int32)}


def header(learned: Learned[StateSpace, Config], pitches: np.ndarray, version: str) -> dict[str, Any]:
    """What a preset says of its model: control plane, range of keys, and how it was learned; pitches: (K,) Hz."""
    sizes = learned.config.sizes
    drum = is_drum(pitches)
    low, high = (gesture_maps.KEY, gesture_maps.KEY + len(pitches) - 1) if drum else key_range(pitches)
    return {
        "format_version": "1.0",
        "kind": "ssm",
        "rate": sizes.rate,
        "keys": {"low": low, "high": high},
        "params": {"play": float(not drum)},
        "control": {"dimensions": sizes.control, "frames": sizes.samples // sizes.frame, "hop": sizes.frame},
        "training": {
            "version": version,
            "recipe": f"ssm, {learned.config.start}",
            "config": {name: value for name, value in asdict(learned.config).items() if value != float("inf")},
            "steps": len(learned.losses),
            "seconds": round(learned.seconds, 1),
            "losses": curve(learned.losses),
            "seed": learned.config.seed,
            "compression_ratio": round(learned.model.compression(), 4),
        },
    }


def is_drum(pitches: np.ndarray) -> bool:
    """Whether the dimensions (K,) in Hz are strokes, not notes: many to each of the few pitches that they have."""
    apart, lowest = 0, 0.0
    for hertz in np.sort(pitches[pitches > 0]):
        if hertz >= NEAR * lowest:
            apart, lowest = apart + 1, hertz
    return len(pitches) >= (STROKES if apart < 2 else SHARED * apart)


def contracted(weight: np.ndarray) -> np.ndarray:
    """The nearest recurrence (S, S) no singular value of which exceeds RADIUS: from any state it falls silent."""
    left, values, right = np.linalg.svd(weight.astype(np.float64))
    return (left * np.minimum(values, RADIUS)) @ right


def strikes(weight: np.ndarray, entrance: np.ndarray, output: np.ndarray, samples: int) -> np.ndarray:
    """What one strike of each column of an entrance (S, K) sounds like: (K, samples), in float64."""
    h, written = np.tanh(entrance), []
    for _ in range(-(-samples // len(output))):
        written.append(np.sin(output @ h))
        h = np.tanh(weight @ h)
    return np.concatenate(written)[:samples].T


def probe(made: Preset) -> dict[str, Any]:
    """How the learned performance of a preset begins, by torch in float64."""
    t = {
        name: torch.from_numpy(tensor.astype(np.float64)) for name, tensor in made.tensors.items() if tensor.ndim == 2
    }
    control = torch.zeros(made.header["control"]["dimensions"], made.header["control"]["frames"], dtype=torch.float64)
    dimensions, frames = made.tensors["control_sites"].T
    control[dimensions, frames] = torch.from_numpy(made.tensors["control_values"].astype(np.float64))
    h, written = torch.zeros(len(t["recurrence"]), dtype=torch.float64), []
    for column in control.T:
        h = torch.tanh(t["recurrence"] @ h + t["input"] @ column)
        written.append(torch.sin(t["output"] @ h))
    sound = torch.cat(written).numpy()
    count = min(max(SAMPLES, int(np.abs(sound).argmax()) + SAMPLES // 2), len(sound))
    return described(sound[:count], EVERY, {"performance": "learned"})


def _evened(
    weight: np.ndarray, entrance: np.ndarray, output: np.ndarray, control: np.ndarray, rate: float
) -> np.ndarray:
    """The energy (K,) at which each dimension that is ever played is as loud as the usual one; 0 for the others."""
    played = np.array([np.percentile(row[row > 0], 90) if row.any() else 0.0 for row in control])
    heard = played > 0
    energy, usual = played.copy(), 0.0
    for _ in range(4):
        sound = strikes(weight, entrance * energy, output, int(HEARD * rate))
        level = np.sqrt((sound**2).mean(axis=1)) + 1e-9
        usual = usual or float(np.exp(np.log(level[heard]).mean())) if heard.any() else 1.0
        energy = np.clip(energy * usual / level, played / HARDEST, played * HARDEST)
    return energy


def _peaks(sound: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies in Hz and energies of the highest peaks of a sound's spectrum."""
    size = 4 * len(sound)
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size)) ** 2 + 1e-20
    tops = np.flatnonzero((power[1:-1] > power[:-2]) & (power[1:-1] >= power[2:])) + 1
    tops = tops[np.argsort(-power[tops])][:PEAKS]
    return tops * rate / size, power[tops]


def _numbers(values: torch.Tensor) -> np.ndarray:
    return values.detach().cpu().double().numpy().copy()
