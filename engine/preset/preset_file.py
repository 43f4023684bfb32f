"""The .luthier file: read, validate, write.

A preset is a JSON header and tensors by name. Everything is checked before it is used: digest, layout, version,
header, then the tensors against the schema of the preset's kind (engine/kinds).
"""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.atomic_write import write_bytes
from engine.kinds import kind_of

from . import container
from .redistribution import redistribution_of

FORMAT_VERSION = "1.0"
SUFFIX = ".luthier"

_PLUGIN_NAME = re.compile(r"^lv2:|\.clap(#|$)", re.IGNORECASE)  # of a foreign plugin, see engine.foreign.names
_TEXTS = ("description", "author", "licence")
_OBJECTS = ("source", "loudness", "params", "training", "probe", "control")


class PresetError(ValueError):
    """A preset that cannot be read or written; its text is one line with the file's name."""


@dataclass
class Preset:
    """The content of a .luthier file.

    header: JSON values, unknown keys included. digest: of the content, as read; "" until then.
    """

    header: dict[str, Any]
    tensors: dict[str, np.ndarray]
    digest: str = ""


def read(path: str | os.PathLike[str]) -> Preset:
    """Read and validate a file; PresetError if anything is wrong.

    Takes at most twice the file's size of memory and, once its digest is right, that of the parsed header: up to
    thirty times its bytes, which are at most `container.MAX_HEADER_BYTES`.
    """
    path = Path(path)
    try:
        if path.suffix.lower() == ".onnx":
            raise ValueError("is an ONNX model, no instrument: `luthier play`, `render` and `transfer` can use it")
        if _PLUGIN_NAME.search(os.fspath(path)):
            raise ValueError("is a plugin, no learned instrument: `luthier play`, `render` and `show` can use it")
        opened = container.unpack(_bytes_of(path))
        header = container.parse(opened.text, "its description")
        if header.pop("digest", None) != opened.digest:
            raise ValueError("is damaged: its digest stands in the wrong place")
        _check_version(header.get("format_version"))
        preset = Preset(header, opened.tensors(), opened.digest)
        check(preset)
    except OSError as error:
        raise PresetError(f"{_show(path)} cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise PresetError(f"{_show(path)} {_line(error)}") from None
    return preset


def write(path: str | os.PathLike[str], preset: Preset) -> str:
    """Validate a preset and write it whole or not at all; the digest of its content.

    The same content gives the same bytes. PresetError if it is not valid or the file cannot be written.
    """
    path = Path(path)
    try:
        check(preset)
        data = container.pack({key: value for key, value in preset.header.items() if key != "digest"}, preset.tensors)
        digest = container.unpack(memoryview(data)).digest
        write_bytes(path, data, durable=True)
        return digest
    except OSError as error:
        raise PresetError(f"{_show(path)} cannot be written: {error.strerror or error}") from None
    except (ValueError, TypeError) as error:
        raise PresetError(f"{_show(path)} was not written: the instrument {_line(error)}") from None


def check(preset: Preset) -> None:
    """Raise ValueError that says why a preset is not playable."""
    header = preset.header
    _check_version(header.get("format_version"))
    kind = kind_of(header)
    check_header(header)
    try:
        kind.validate(header, preset.tensors)
    except ValueError as error:
        raise ValueError(f"is not playable: {error}") from None


def check_header(header: dict[str, Any]) -> None:
    """Raise ValueError for wrong values of the keys that all kinds share; other keys are not checked."""
    name = header.get("name")
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"has the name {name!r}; it must be a text")
    if not _is_number(header.get("rate")) or not 1000 <= header["rate"] <= 768000:
        raise ValueError(f"has a rate of {header.get('rate')!r}; it must lie between 1000 and 768000 Hz")
    if not _is_number(header.get("level", 0)) or not -120 <= header.get("level", 0) <= 120:
        raise ValueError(f"has a level of {header['level']!r}; it must lie between -120 and 120 dB")
    for key in _TEXTS:
        if not isinstance(header.get(key, ""), str):
            raise ValueError(f"has {key} {header[key]!r}; it must be a text")
    for key in _OBJECTS:
        if not isinstance(header.get(key, {}), dict):
            raise ValueError(f"has {key} {header[key]!r}; it must be an object")
    redistribution_of(header)
    tags = header.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ValueError("has tags that are not a list of texts")
    for param, value in header.get("params", {}).items():
        if not _is_number(value):
            raise ValueError(f"has the parameter {param!r} at {value!r}; it must be a number")
    _check_keys(header.get("keys", {"low": 0, "high": 127}))


def _bytes_of(path: Path) -> memoryview:
    """A file's content, up to the size it had when it was opened."""
    if path.is_dir():
        raise ValueError("is a folder, not an instrument")
    if path.exists() and not path.is_file():
        raise ValueError("is no plain file")
    with path.open("rb") as file:
        data = bytearray(os.fstat(file.fileno()).st_size)
        length = file.readinto(data)
    return memoryview(data)[:length]


def _check_version(version: Any) -> None:
    """Raise ValueError for a newer version, and for anything else."""
    major, dot, minor = version.partition(".") if isinstance(version, str) else ("", "", "")
    if not (dot and major.isascii() and major.isdigit() and minor.isascii() and minor.isdigit()):
        raise ValueError(f"has format_version {version!r}; it must look like {FORMAT_VERSION!r}")
    if int(major) > int(FORMAT_VERSION.partition(".")[0]):
        raise ValueError(f"was made by a newer Luthier: its format is {version}, this version reads {FORMAT_VERSION}")
    if int(major) < 1:
        raise ValueError(f"has format {version}, which was never in use")


def _check_keys(keys: Any) -> None:
    """Raise ValueError for a wrong range of MIDI keys."""
    low, high = (keys.get("low"), keys.get("high")) if isinstance(keys, dict) else (None, None)
    if type(low) is not int or type(high) is not int or not 0 <= low <= high <= 127:
        raise ValueError(f"has keys {keys!r}; they must be low and high, MIDI notes from 0 to 127")


def _is_number(value: Any) -> bool:
    """Whether a JSON value is a number that fits into a float."""
    largest = sys.float_info.max
    return isinstance(value, int | float) and not isinstance(value, bool) and -largest <= value <= largest


def _line(error: Exception) -> str:
    """An error as one line of limited length: it may quote the file."""
    text = " ".join(str(error).split())
    return text if len(text) <= 300 else text[:300] + " …"


def _show(path: Path) -> str:
    """A file's name in printable letters."""
    return "".join(letter if letter.isprintable() else "?" for letter in path.name or str(path))
