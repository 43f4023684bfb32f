"""From a trained event model to the tensors and the header of a preset, and back."""

from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engine.instruments.events.decoder import Decoder as Player
from engine.preset.preset_file import Preset
from engine.probe import described
from train.events.config import Sizes
from train.events.learn import Learned
from train.events.model import EventModel

from .mode_pitch import pitch
from .resonance import curve, key_range

HEARD = "heard."  # tensors of the encoder, which playing does not need, and of what chooses context and room
OF_ENCODER = ("encoder.", "context.", "rooms.")
USED = 1e-3  # of the use of the most used key: a key that is used less has no pitch
AFTER = 0.02  # seconds of an event that are not looked at for its pitch
PEAKS = 40  # of a spectrum that a pitch is looked for in
MOST = 8192  # channels of an encoder
TOGETHER = 32  # events that are sounded at once
PROBED, SAMPLES, EVERY = 4, 8192, 16  # of the probe: keys, samples of each, every how many-th is kept


def preset(learned: Learned, version: str, **words: Any) -> Preset:
    """A whole preset, but for its loudness. words: name, description, author and so on, of the header."""
    model = learned.model.cpu().eval()
    found = tensors(model)
    told = {**header(learned, version), "probe": probe(model, found["use"], found["strength"])}
    made = Preset({**told, **words}, found)
    used = np.flatnonzero(found["use"] > USED * found["use"].max())
    found["pitch"][used] = pitches(Player(made), used, found["strength"][used])
    low, high = key_range(found["pitch"])
    made.header["keys"] = {"low": low, "high": high}
    return made


def tensors(model: EventModel) -> dict[str, np.ndarray]:
    """All tensors of a preset: matrices as float16, and pitches 0 still."""
    decoder = model.decoder
    usage, power = _numbers(model.usage), _numbers(model.power)
    gains = _numbers(model.typical_gains)
    bank = _numbers(model.rooms.bank)
    found = {
        "embedding": _numbers(decoder.embedding.weight).T,
        "offset": _numbers(decoder.embedding.bias),
        "swell": _numbers(decoder.swell),
        "context": _numbers(model.typical),
        "frequencies": model.sizes.frequencies(),
        **_head("wave", decoder.wave),
        **_head("decay", decoder.decay),
        **_head("mix", decoder.mix),
        **_head("level", decoder.level),
        **_stack("impulse", decoder.impulse),
        **_stack("filter", decoder.filter),
        "noise": _numbers(decoder.noise),
        "rooms": bank,
        "room": gains[1:] @ bank,
        "gains": gains,
        "pitch": np.zeros(model.sizes.keys),
        "use": usage,
        "strength": np.where(usage > 0, power / np.maximum(usage, 1e-9), 1.0),
    }
    laid = {
        name: np.ascontiguousarray(value, np.float16 if value.ndim > 1 else np.float32)
        for name, value in found.items()
    }
    state = {name: value for name, value in model.state_dict().items() if name.startswith(OF_ENCODER)}
    heard = {
        HEARD + name: np.ascontiguousarray(_numbers(value), np.float16 if value.ndim > 1 else np.float32)
        for name, value in state.items()
        if name != "rooms.bank"
    }
    return {**laid, **heard}


def probe(model: EventModel, use: np.ndarray, strength: np.ndarray) -> dict[str, Any]:
    """What the keys that are used most sound like, before anything is halved in precision."""
    keys = np.argsort(-use, kind="stable")[:PROBED]
    strengths = np.round(strength[keys].astype(float), 6)
    with torch.no_grad():
        context = model.typical.expand(len(keys), -1)
        sounds = model.decoder(torch.tensor(keys), torch.tensor(strengths, dtype=torch.float), context)
    given = {"keys": keys.tolist(), "strengths": strengths.tolist()}
    rows = [described(sound[:SAMPLES].numpy(), EVERY, given) for sound in sounds]
    return {**rows[0], "sound": [row["sound"] for row in rows]}


def header(learned: Learned, version: str) -> dict[str, Any]:
    """What a preset says of its model and how it was learned; `keys` is still to come."""
    sizes = learned.config.sizes
    numbers = sum(value.numel() for value in learned.model.parameters())
    return {
        "format_version": "1.0",
        "kind": "events",
        "rate": sizes.rate,
        "dry": round(float(learned.model.typical_gains[0]), 6),
        "decoder": {"published": sizes.published, "shapes": list(sizes.shapes), "decays": list(sizes.decays)},
        "training": {
            "version": version,
            "recipe": f"events, {'published' if sizes.published else 'in passes'}",
            "config": asdict(learned.config),
            "steps": len(learned.losses),
            "seconds": round(learned.seconds, 1),
            "losses": curve(learned.losses),
            "kept_back": round(learned.kept, 4),
            "stages": learned.begun,
            "seed": learned.config.seed,
            "parameters": numbers,
        },
    }


def model_of(made: Preset) -> EventModel:
    """The model of a preset; ValueError when its encoder is missing or does not fit."""
    try:
        sizes = Sizes(**made.header["training"]["config"]["sizes"])
        if sizes.keys != len(made.tensors["embedding"]) or sizes.channels > MOST:
            raise KeyError("sizes")
        model = EventModel(sizes, torch.Generator().manual_seed(0))
        t = {name: torch.from_numpy(np.array(tensor, np.float32)) for name, tensor in made.tensors.items()}
        state = {name.removeprefix(HEARD): tensor for name, tensor in t.items() if name.startswith(HEARD)}
        state |= {
            "decoder.embedding.weight": t["embedding"].T, "decoder.embedding.bias": t["offset"],
            "decoder.swell": t["swell"], "decoder.noise": t["noise"], "rooms.bank": t["rooms"],
            "typical": t["context"], "typical_gains": t["gains"],
            "usage": t["use"], "power": t["use"] * t["strength"],
        }  # fmt: skip
        for name in ("wave", "decay", "mix", "level"):
            state |= {f"decoder.{name}.{part}": t[f"{name}_{part}"] for part in ("weight", "bias")}
        for name in ("impulse", "filter"):
            state |= _stack_back(name, getattr(model.decoder, name), t)
        model.load_state_dict(state)
    except (KeyError, TypeError, RuntimeError) as error:
        raise ValueError(f"{made.header['name']} cannot find events: its encoder is missing or damaged") from error
    return model.eval()


def pitches(player: Player, keys: np.ndarray, strengths: np.ndarray) -> np.ndarray:
    """The pitch of keys (n,) in Hz at strengths (n,), 0 for what has none: (n,) float32."""
    found, size = [], 2 * player.samples
    for first in range(0, len(keys), TOGETHER):
        part = slice(first, first + TOGETHER)
        for sound in player.sound(keys[part], strengths[part])[:, int(AFTER * player.rate) :]:
            power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size)) ** 2 + 1e-20
            tops = np.flatnonzero((power[1:-1] > power[:-2]) & (power[1:-1] >= power[2:])) + 1
            tops = tops[np.argsort(-power[tops])][:PEAKS]
            found.append(pitch(tops * player.rate / size, power[tops]))
    return np.array(found, np.float32)


def _head(name: str, layer: nn.Linear | nn.Conv1d) -> dict[str, np.ndarray]:
    assert layer.bias is not None
    return {f"{name}_weight": _numbers(layer.weight), f"{name}_bias": _numbers(layer.bias)}


def _stack(name: str, stack: nn.Sequential) -> dict[str, np.ndarray]:
    """A stack, what normalises its layers folded into them."""
    ups, first, last = _folded(stack), stack[0], stack[-1]
    assert isinstance(first, nn.Linear)
    assert isinstance(last, nn.Conv1d)
    return {
        **_head(f"{name}_in", first),
        f"{name}_up_weight": np.stack([_numbers(weight) for weight, _ in ups]),
        f"{name}_up_bias": np.stack([_numbers(bias) for _, bias in ups]),
        **_head(f"{name}_out", last),
    }


def _folded(stack: nn.Sequential) -> list[tuple[Tensor, Tensor]]:
    """Weight and bias of each step."""
    found: list[tuple[Tensor, Tensor]] = []
    with torch.no_grad():
        for layer in stack:
            if isinstance(layer, nn.ConvTranspose1d):
                assert layer.bias is not None
                found.append((layer.weight, layer.bias))
            elif isinstance(layer, nn.BatchNorm1d):
                assert layer.running_var is not None
                assert layer.running_mean is not None
                scale = layer.weight / (layer.running_var + layer.eps).sqrt()
                weight, bias = found[-1]
                found[-1] = weight * scale[None, :, None], (bias - layer.running_mean) * scale + layer.bias
    return found


def _stack_back(name: str, stack: nn.Sequential, t: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state of a stack; where something normalises, it then changes nothing."""
    first, last, step = f"decoder.{name}.0", f"decoder.{name}.{len(stack) - 1}", 0
    state: dict[str, Tensor] = {}
    for part in ("weight", "bias"):
        state |= {f"{first}.{part}": t[f"{name}_in_{part}"], f"{last}.{part}": t[f"{name}_out_{part}"]}
    for number, layer in enumerate(stack):
        place = f"decoder.{name}.{number}"
        if isinstance(layer, nn.ConvTranspose1d):
            state |= {f"{place}.{part}": t[f"{name}_up_{part}"][step] for part in ("weight", "bias")}
            step += 1
        elif isinstance(layer, nn.BatchNorm1d):
            ones = torch.ones(layer.num_features)
            state |= {f"{place}.weight": ones, f"{place}.bias": 0 * ones, f"{place}.running_mean": 0 * ones}
            state |= {f"{place}.running_var": ones - layer.eps, f"{place}.num_batches_tracked": torch.tensor(0)}
    return state


def _numbers(values: Tensor) -> np.ndarray:
    return values.detach().cpu().double().numpy().copy()
