"""Convert a trained event model to the tensors and the header of a preset, and back."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engine import reference_output
from engine.instruments.events.decoder import EventDecoder
from engine.preset.preset_file import Preset
from train.events.config import Sizes
from train.events.initial_dictionary import new_model
from train.events.learn import LearnedEvents
from train.events.model import EventModel

from .mode_pitch import estimate_pitch, spectral_peaks
from .resonance import key_range, to_numpy
from .training_record import header_config, thin_losses

ENCODER_PREFIX = (
    "heard."  # prefix of the tensors of the encoder, context and room selection, which playing does not need
)
ENCODER_MODULES = ("encoder.", "context.", "rooms.")
MIN_USE_RATIO = 1e-3  # relative to the most used key: keys that are used less get no pitch
SKIPPED_SECONDS = 0.02  # initial part of an event that is left out of its pitch estimate
MAX_CHANNELS = 8192  # limit of an encoder's channels
BATCH_SIZE = 32  # events that are rendered at once
PROBE_KEYS, PROBE_SAMPLES = 4, 8192  # keys of the probe, and samples of each
PROBE_STEP = 16  # every so manyth sample is stored


def make_preset(learned: LearnedEvents, version: str, **metadata: Any) -> Preset:
    """Make a preset, without its loudness. metadata: name, description, author etc. of the header."""
    model = learned.model.cpu().eval()
    tensors = make_tensors(model)
    header = {**make_header(learned, version), "probe": make_probe(model, tensors["use"], tensors["strength"])}
    preset = Preset({**header, **metadata}, tensors)
    used = np.flatnonzero(tensors["use"] > MIN_USE_RATIO * tensors["use"].max())
    tensors["pitch"][used] = event_pitches(EventDecoder(preset), used, tensors["strength"][used])
    low, high = key_range(tensors["pitch"])
    preset.header["keys"] = {"low": low, "high": high}
    return preset


def make_tensors(model: EventModel) -> dict[str, np.ndarray]:
    """All tensors of a preset: matrices as float16, and pitches still 0."""
    decoder = model.decoder
    usage, power = to_numpy(model.usage), to_numpy(model.power)
    gains = to_numpy(model.typical_gains)
    bank = to_numpy(model.rooms.bank)
    tensors = {
        "embedding": to_numpy(decoder.embedding.weight).T,
        "offset": to_numpy(decoder.embedding.bias),
        "swell": to_numpy(decoder.swell),
        "context": to_numpy(model.typical),
        "frequencies": model.sizes.frequencies(),
        **_head("wave", decoder.wave),
        **_head("decay", decoder.decay),
        **_head("mix", decoder.mix),
        **_head("level", decoder.level),
        **_stack("impulse", decoder.impulse),
        **_stack("filter", decoder.filter),
        "noise": to_numpy(decoder.noise),
        "rooms": bank,
        "room": gains[1:] @ bank,
        "gains": gains,
        "pitch": np.zeros(model.sizes.keys),
        "use": usage,
        "strength": np.where(usage > 0, power / np.maximum(usage, 1e-9), 1.0),
    }
    arrays = {
        name: np.ascontiguousarray(value, np.float16 if value.ndim > 1 else np.float32)
        for name, value in tensors.items()
    }
    state = {name: value for name, value in model.state_dict().items() if name.startswith(ENCODER_MODULES)}
    encoder = {
        ENCODER_PREFIX + name: np.ascontiguousarray(to_numpy(value), np.float16 if value.ndim > 1 else np.float32)
        for name, value in state.items()
        if name != "rooms.bank"
    }
    return {**arrays, **encoder}


def make_probe(model: EventModel, use: np.ndarray, strength: np.ndarray) -> dict[str, Any]:
    """Probe: the sounds of the most used keys, before the precision is reduced."""
    keys = np.argsort(-use, kind="stable")[:PROBE_KEYS]
    strengths = np.round(strength[keys].astype(float), 6)
    with torch.no_grad():
        context = model.typical.expand(len(keys), -1)
        sounds = model.decoder(torch.tensor(keys), torch.tensor(strengths, dtype=torch.float), context)
    note = {"keys": keys.tolist(), "strengths": strengths.tolist()}
    probes = [reference_output.make_probe(sound[:PROBE_SAMPLES].numpy(), PROBE_STEP, note) for sound in sounds]
    return {**probes[0], "sound": [row["sound"] for row in probes]}


def make_header(learned: LearnedEvents, version: str) -> dict[str, Any]:
    """Header of a preset, without `keys`: the decoder and its training."""
    sizes = learned.config.sizes
    numbers = sum(value.numel() for value in learned.model.parameters())
    return {
        "format_version": "1.0",
        "kind": "events",
        "rate": sizes.rate,
        "dry": round(float(learned.model.typical_gains[0]), 6),
        "decoder": {
            "published": sizes.published,
            "hop": sizes.hop,
            "shapes": list(sizes.shapes),
            "decays": list(sizes.decays),
        },
        "training": {
            "version": version,
            "recipe": f"events, {'published' if sizes.published else 'in passes'}",
            "config": header_config(learned.config),
            "steps": len(learned.losses),
            "seconds": round(learned.seconds, 1),
            "losses": thin_losses(learned.losses),
            "kept_back": round(learned.validation_loss, 4),
            "stages": learned.stage_steps,
            "seed": learned.config.seed,
            "parameters": numbers,
        },
    }


def load_model(preset: Preset) -> EventModel:
    """The model of a preset; ValueError when its encoder is missing or does not fit."""
    try:
        sizes = Sizes(**preset.header["training"]["config"]["sizes"])
        if sizes.keys != len(preset.tensors["embedding"]) or sizes.channels > MAX_CHANNELS:
            raise KeyError("sizes")
        model = new_model(sizes, torch.Generator().manual_seed(0))
        t = {name: torch.from_numpy(np.array(tensor, np.float32)) for name, tensor in preset.tensors.items()}
        state = {
            name.removeprefix(ENCODER_PREFIX): tensor for name, tensor in t.items() if name.startswith(ENCODER_PREFIX)
        }
        state |= {
            "decoder.embedding.weight": t["embedding"].T, "decoder.embedding.bias": t["offset"],
            "decoder.swell": t["swell"], "decoder.noise": t["noise"], "rooms.bank": t["rooms"],
            "typical": t["context"], "typical_gains": t["gains"],
            "usage": t["use"], "power": t["use"] * t["strength"],
        }  # fmt: skip
        for name in ("wave", "decay", "mix", "level"):
            state |= {f"decoder.{name}.{part}": t[f"{name}_{part}"] for part in ("weight", "bias")}
        for name in ("impulse", "filter"):
            state |= _stack_state(name, getattr(model.decoder, name), t)
        model.load_state_dict(state)
    except (KeyError, TypeError, RuntimeError) as error:
        raise ValueError(f"{preset.header['name']} cannot find events: its encoder is missing or damaged") from error
    return model.eval()


def event_pitches(decoder: EventDecoder, keys: np.ndarray, strengths: np.ndarray) -> np.ndarray:
    """Estimate the pitch of keys (n,) in Hz at strengths (n,), 0 for unpitched: (n,) float32."""
    pitches, size = [], 2 * decoder.samples
    for first in range(0, len(keys), BATCH_SIZE):
        part = slice(first, first + BATCH_SIZE)
        for sound in decoder.render(keys[part], strengths[part])[:, int(SKIPPED_SECONDS * decoder.rate) :]:
            pitches.append(estimate_pitch(*spectral_peaks(sound, decoder.rate, size)))
    return np.array(pitches, np.float32)


def _head(name: str, layer: nn.Linear | nn.Conv1d) -> dict[str, np.ndarray]:
    assert layer.bias is not None
    return {f"{name}_weight": to_numpy(layer.weight), f"{name}_bias": to_numpy(layer.bias)}


def _stack(name: str, stack: nn.Sequential) -> dict[str, np.ndarray]:
    """Tensors of a stack, with batch normalization folded into its layers."""
    ups, first, last = _fold_batch_norm(stack), stack[0], stack[-1]
    assert isinstance(first, nn.Linear)
    assert isinstance(last, nn.Conv1d)
    return {
        **_head(f"{name}_in", first),
        f"{name}_up_weight": np.stack([to_numpy(weight) for weight, _ in ups]),
        f"{name}_up_bias": np.stack([to_numpy(bias) for _, bias in ups]),
        **_head(f"{name}_out", last),
    }


def _fold_batch_norm(stack: nn.Sequential) -> list[tuple[Tensor, Tensor]]:
    """Weight and bias of each upsampling step, batch normalization folded in."""
    steps: list[tuple[Tensor, Tensor]] = []
    with torch.no_grad():
        for layer in stack:
            if isinstance(layer, nn.ConvTranspose1d):
                assert layer.bias is not None
                steps.append((layer.weight, layer.bias))
            elif isinstance(layer, nn.BatchNorm1d):
                assert layer.running_var is not None
                assert layer.running_mean is not None
                scale = layer.weight / (layer.running_var + layer.eps).sqrt()
                weight, bias = steps[-1]
                steps[-1] = weight * scale[None, :, None], (bias - layer.running_mean) * scale + layer.bias
    return steps


def _stack_state(name: str, stack: nn.Sequential, t: dict[str, Tensor]) -> dict[str, Tensor]:
    """State of a stack from the tensors of a preset; batch normalization becomes the identity."""
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
