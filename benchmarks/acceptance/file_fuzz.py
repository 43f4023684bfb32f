"""Damaged presets, patches, bundles and sound files, and what their readers may do with them."""

import contextlib
import io
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from engine.impulse_response import read_recording
from engine.instruments import make
from engine.kinds import KINDS
from engine.preset import container, library, preset_file
from engine.preset.preset_file import Preset, PresetError
from engine.render import render
from engine.standard_chain import StandardChain
from session import patch_bundle, patch_file
from session.patch import Chain, Effect, Layer, chain_from_json
from train import recording

from .damage import alter_json, check, check_one_line, damage_bytes

RATE = 48_000.0  # Hz
SOUND_SECONDS = 0.05  # of a sound file, and of what an altered preset plays
SOUND_FORMATS = (
    ("WAV", "PCM_16"),
    ("WAV", "FLOAT"),
    ("FLAC", "PCM_24"),
    ("OGG", "VORBIS"),
    ("MP3", "MPEG_LAYER_III"),
)


def damage_preset(random: np.random.Generator, folder: Path) -> None:
    """Change bytes of a factory preset; it must be refused."""
    path = folder / "damaged.luthier"
    whole = _small_presets()[int(random.integers(len(_small_presets())))]
    data = damage_bytes(whole, random)
    path.write_bytes(data)
    try:
        preset_file.read(path)
    except PresetError as error:
        check_one_line(error)
    else:
        check(data == whole, "a changed file was read")


def alter_preset(random: np.random.Generator, folder: Path) -> None:
    """Change values of the header or the tensors of a preset under a right digest; what is read must play."""
    path = folder / "altered.luthier"
    before = container.unpack(memoryview(_small_presets()[int(random.integers(len(_small_presets())))]))
    header, tensors = json.loads(before.text), {name: tensor.copy() for name, tensor in before.tensors().items()}
    header.pop("digest")
    for _ in range(random.integers(1, 4)):
        if random.random() < 0.5:
            alter_json(header, random)
        else:
            _alter_tensors(tensors, random)
    try:
        path.write_bytes(container.pack(header, tensors))
    except (ValueError, UnicodeEncodeError):
        return  # not even a file
    try:
        preset = preset_file.read(path)
        sound = _play(preset)
    except PresetError as error:
        check_one_line(error)
    else:
        check(np.isfinite(sound).all(), "it plays samples that are no numbers")


def damage_patch(random: np.random.Generator, folder: Path) -> None:
    """Change values or bytes of a saved patch; what is read must have numbers, and a chain that can be saved."""
    path = folder / "damaged.json"
    plain = _patch()
    for _ in range(random.integers(0, 4)):
        alter_json(plain, random)
    data = json.dumps(plain).encode()
    path.write_bytes(damage_bytes(data, random) if random.random() < 0.5 else data)
    try:
        found = patch_file.read(path)
    except PresetError as error:
        check_one_line(error)
    else:
        check(all(isinstance(value, float) for value in found.values.values()), "a value is no number")
        saved = json.loads(json.dumps(found.chain.plain()))
        check(chain_from_json(saved) == found.chain, "its chain changes when it is saved")


def damage_bundle(random: np.random.Generator, folder: Path) -> None:
    """Change values or bytes of the patch in a preset; it is a patch of finite numbers, or none."""
    path = folder / "bundle.luthier"
    opened = container.unpack(memoryview(_small_presets()[0]))
    header = json.loads(opened.text) | {patch_bundle.KEY: {"parameters": {"level": 1.0}, "row": _chain().plain()}}
    header.pop("digest")
    for _ in range(random.integers(0, 4)):
        alter_json(header[patch_bundle.KEY] if isinstance(header.get(patch_bundle.KEY), dict) else header, random)
    try:
        data = bytes(container.pack(header, opened.tensors()))
    except (ValueError, UnicodeEncodeError):
        return
    path.write_bytes(damage_bytes(data[:20_000], random) if random.random() < 0.3 else data)
    found = patch_bundle.read_patch(path)
    check(found is None or np.isfinite(list(found.values.values())).all(), "a value is no number")


def damage_sound(random: np.random.Generator, folder: Path) -> None:
    """Change bytes of a sound file; what is read is finite and has frames, as a recording and as a room."""
    kind, subtype = SOUND_FORMATS[int(random.integers(len(SOUND_FORMATS)))]
    path = folder / f"damaged.{kind.lower()}"
    path.write_bytes(damage_bytes(_sound_file(kind, subtype), random))
    with _without_error_stream():
        _read_sound(path)


def _read_sound(path: Path) -> None:
    """Read a damaged sound file in both ways; AssertionError for what is no sound."""
    try:
        samples, rate = recording.load(path)
    except recording.RecordingError as error:
        check_one_line(error)
    else:
        check(samples.ndim == 2 and samples.size > 0 and rate > 0, "it has no frames")
        check(np.isfinite(samples).all(), "it has samples that are no numbers")
    try:
        room = read_recording(path)
    except (OSError, ValueError) as error:
        check_one_line(error)
    else:
        check(np.isfinite(room.samples).all() and room.samples.any(), "it is a room of no numbers, or silent")


def _alter_tensors(tensors: dict[str, np.ndarray], random: np.random.Generator) -> None:
    """Put an odd number into a tensor, or change its shape or type, or remove it."""
    if not tensors:
        return
    name = list(tensors)[int(random.integers(len(tensors)))]
    tensor = tensors[name]
    match int(random.integers(4)):
        case 0 if tensor.size:
            limits = np.iinfo(tensor.dtype) if tensor.dtype.kind == "i" else np.finfo(tensor.dtype)
            odd = [0, -1, limits.max, limits.min] if tensor.dtype.kind == "i" else [0, -1, limits.max, np.nan, np.inf]
            tensor.reshape(-1)[int(random.integers(tensor.size))] = odd[int(random.integers(len(odd)))]
        case 1:
            tensors[name] = tensor[..., : int(random.integers(1 + tensor.shape[-1]))] if tensor.ndim else tensor[None]
        case 2:
            tensors[name] = tensor.astype([np.float32, np.float16, np.int32][int(random.integers(3))])
        case _:
            del tensors[name]


def _play(preset: Preset) -> np.ndarray:
    """What a preset plays for two of its keys."""
    host = StandardChain(RATE)
    with np.errstate(all="ignore"):  # odd numbers overflow; the limiter silences what is none
        host.play([make(preset)])
    keys = preset.header.get("keys", {"low": 60, "high": 72})
    for key in {keys["low"], keys["high"]}:
        host.midi(0x90, key, 100)
    return render(host, None, SOUND_SECONDS)


@contextlib.contextmanager
def _without_error_stream() -> Iterator[None]:
    """Drop what libmpg123 writes to the error stream of the process about every damaged file."""
    kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


@cache
def _small_presets() -> tuple[bytes, ...]:
    """The smallest factory preset of every kind, as bytes."""
    files = sorted(library.factory_folder().glob("*.luthier"), key=lambda path: path.stat().st_size)
    presets = {preset_file.read(path).header["kind"]: path.read_bytes() for path in reversed(files)}
    return tuple(presets[kind] for kind in KINDS if kind in presets)


@cache
def _sound_file(kind: str, subtype: str) -> bytes:
    """A sound file of noise."""
    file = io.BytesIO()
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (round(SOUND_SECONDS * RATE), 2))
    soundfile.write(file, noise, round(RATE), subtype, format=kind)
    return file.getvalue()


def _chain() -> Chain:
    return Chain((Effect("tone"), Effect("room"), Effect("chorus")), Layer("guitar", 60, True, (1, 2)))


def _patch() -> dict[str, Any]:
    """A saved patch as JSON values."""
    return {
        patch_file.FORMAT_KEY: patch_file.VERSION,
        "model": {"digest": "0" * 64, "path": "/nowhere/guitar.luthier"},
        "parameters": {"level": 1.0, "tone tilt": -2.0},
        "row": _chain().plain(),
    }
