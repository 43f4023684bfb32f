"""The file of images of one instrument: several layouts and rates, their shared tables, and a text about it.

All numbers are little-endian, all places count from the start of the file, which is laid on a multiple of 64 bytes:

    header       magic, version, count, size, tables (place, size), text (place, size), checksum
    labels       name, identifier, version and description, for hosts
    images       IMAGE records, one after the other
    parts        slots, relocations, chunks, parameters and initial memory of each
    text         UTF-8 JSON: name, rights, what a display needs
    tables       read-only arrays, at a multiple of PAGE_BYTES

shell/runtime.c reads it, and checks every number before it is used.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.plugin import Plugin, label_of

from .image import Image, Tables

MAGIC = b"LUTHIER\x01"
VERSION = 1
PAGE_BYTES = 4096
CHUNK_BYTES = 256  # grain of the initial memory: chunks of zeros are not stored
NAME_BYTES, UNIT_BYTES = 48, 16

HEADER = np.dtype(
    [
        ("magic", "S8"), ("version", "<u4"), ("count", "<u4"), ("size", "<u8"), ("tables_place", "<u8"),
        ("tables_size", "<u8"), ("text_place", "<u8"), ("text_size", "<u8"), ("checksum", "<u8"),
    ]
)  # fmt: skip
LABELS = np.dtype([("name", "S64"), ("id", "S96"), ("version", "S32"), ("description", "S512")])
_PARTS = ("slots", "relocations", "chunks", "params")
IMAGE = np.dtype(
    [
        ("digest", "<u8"), ("lanes", "<u4"), ("rate", "<u4"), ("memory_size", "<u8"),
        *((f"{name}_place", "<u8") for name in _PARTS), ("data_place", "<u8"), ("data_size", "<u8"),
        *((f"{name}_count", "<u4") for name in _PARTS),
    ]
)  # fmt: skip
SLOT = np.dtype([("function", "<u8"), ("place", "<u8"), ("size", "<u8")])
RELOCATION = np.dtype([("place", "<u8"), ("target", "<u8"), ("kind", "<u8")])
CHUNK = np.dtype([("place", "<u8"), ("size", "<u8")])
PARAM = np.dtype(
    [
        ("id", "<u4"), ("slot", "<u4"), ("index", "<u4"), ("flags", "<u4"), ("live_place", "<u8"), ("low", "<f8"),
        ("high", "<f8"), ("default", "<f8"), ("name", f"S{NAME_BYTES}"), ("unit", f"S{UNIT_BYTES}"),
        ("module", f"S{NAME_BYTES}"),
    ]
)  # fmt: skip
STEPPED, SWITCH = 1, 2
"""Flags of a parameter: whole numbers only; of these 0 and 1, off and on."""
NO_PLACE = (1 << 64) - 1


@dataclass(frozen=True)
class ImageParam:
    """A parameter of a chain: that of slot `slot` with number `index`; live_place: of its value in the memory.

    default: where a player finds it; the shell sets it before the first block, if the memory has another value.
    names: words of the whole numbers from low to high, if it has only these.
    """

    slot: int
    index: int
    name: str
    unit: str
    module: str
    low: float
    high: float
    default: float
    flags: int
    live_place: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class RatedImage:
    """An image with what it was made for: record digest, lanes and rate in Hz; and its parameters."""

    image: Image
    digest: int
    lanes: int
    rate: int
    params: Sequence[ImageParam]


def image_params(
    plugins: Sequence[Plugin], image: Image, values: Mapping[tuple[Plugin, str], float]
) -> list[ImageParam]:
    """The parameters of a chain. values: see `default`."""
    found = []
    for number, (plugin, slot) in enumerate(zip(plugins, image.slots, strict=True)):
        fields: Mapping[str, Any] = plugin.state.dtype.fields or {}
        for index, param in enumerate(plugin.params):
            has_value = "param" in fields
            live = slot.place + fields["param"][1] + 4 * index if has_value else NO_PLACE
            value = float(plugin.state["param"][0, index]) if has_value else param.default
            value = min(max(values.get((plugin, param.name), value), param.low), param.high)
            is_switch = param.name == "on" and (param.low, param.high) == (0, 1)
            flags = STEPPED * (bool(param.value_names) or is_switch) | SWITCH * is_switch
            place = (number, index, param.name, param.unit, label_of(plugin))
            found.append(ImageParam(*place, param.low, param.high, value, flags, live, param.value_names))
    return found


def pack_images(images: Sequence[RatedImage], tables: Tables, labels: dict[str, str], text: dict[str, Any]) -> bytes:
    """The bytes of a file. labels: the fields of LABELS; text: what else is to be known of the instrument."""
    header, entries = np.zeros(1, HEADER), np.zeros(len(images), IMAGE)
    shown = np.zeros(1, LABELS)
    for name, value in labels.items():
        shown[name] = _cut(value, LABELS[name].itemsize)
    first = HEADER.itemsize + shown.nbytes
    body = bytearray(HEADER.itemsize) + shown.tobytes() + bytes(entries.nbytes)
    for entry, rated in zip(entries, images, strict=True):
        _pack_image(entry, rated, body)
    words = json.dumps(text, ensure_ascii=False, sort_keys=True).encode()
    header["text_place"], header["text_size"] = _append(body, words)
    body.extend(bytes(-len(body) % PAGE_BYTES))
    header["tables_place"], header["tables_size"] = _append(body, tables.bytes())
    body.extend(bytes(-len(body) % 64))
    header["magic"], header["version"], header["count"] = MAGIC, VERSION, len(images)
    header["size"] = len(body)
    body[first : first + entries.nbytes] = entries.tobytes()
    header["checksum"] = checksum(bytes(body[HEADER.itemsize :]))
    body[: HEADER.itemsize] = header.tobytes()
    return bytes(body)


def checksum(data: bytes) -> int:
    """The sum over all words w of 8 bytes of w · (k · golden | 1) modulo 2**64, k counted from 1.

    The factors are odd: a change of one word always changes it.
    """
    words = np.frombuffer(data + bytes(-len(data) % 8), "<u8")
    with np.errstate(over="ignore"):
        factors = np.arange(1, len(words) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) | np.uint64(1)
        return int((words * factors).sum(dtype=np.uint64))


def _pack_image(entry: np.void, rated: RatedImage, body: bytearray) -> None:
    """Append the parts of an image, and fill its entry."""
    image = rated.image
    memory = bytes(image.memory) + bytes(-len(image.memory) % CHUNK_BYTES)
    entry["digest"], entry["lanes"], entry["rate"] = rated.digest, rated.lanes, rated.rate
    entry["memory_size"] = len(memory)
    chunks = _chunks(memory)
    parts = {
        "slots": np.array([(slot.function, slot.place, slot.size) for slot in image.slots], SLOT),
        "relocations": np.array([(each.place, each.target, each.kind) for each in image.relocations], RELOCATION),
        "chunks": np.array(chunks, CHUNK),
        "params": np.array([_param_values(each) for each in rated.params], PARAM),
    }
    for name, array in parts.items():
        entry[f"{name}_place"], _ = _append(body, array.tobytes())
        entry[f"{name}_count"] = len(array)
    data = b"".join(memory[place : place + size] for place, size in chunks)
    entry["data_place"], entry["data_size"] = _append(body, data)


def _param_values(param: ImageParam) -> tuple[Any, ...]:
    number = int.from_bytes(_stable_id(f"{param.slot}/{param.module}/{param.name}"), "little")
    names = tuple(
        _cut(text, size)
        for text, size in ((param.name, NAME_BYTES), (param.unit, UNIT_BYTES), (param.module, NAME_BYTES))
    )
    values = param.low, param.high, param.default
    return number, param.slot, param.index, param.flags, param.live_place, *values, *names


def _stable_id(text: str) -> bytes:
    """Four bytes of a hash: the same for a parameter of the same name in later versions."""
    return hashlib.blake2b(text.encode(), digest_size=4).digest()


def _cut(text: str, size: int) -> bytes:
    """UTF-8 of at most size − 1 bytes, no character cut."""
    return text.encode()[: size - 1].decode(errors="ignore").encode()


def _chunks(memory: bytes) -> list[tuple[int, int]]:
    """Places and sizes of the parts of a memory that are not zero, in grains of CHUNK_BYTES."""
    is_used = np.frombuffer(memory, np.uint8).reshape(-1, CHUNK_BYTES).any(axis=1)
    edges = np.flatnonzero(np.diff(is_used.astype(np.int8), prepend=0, append=0))
    return [(int(a) * CHUNK_BYTES, int(b - a) * CHUNK_BYTES) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _append(body: bytearray, data: bytes) -> tuple[int, int]:
    """Append bytes at a multiple of 8; their place and size."""
    body.extend(bytes(-len(body) % 8))
    place = len(body)
    body.extend(data)
    return place, len(data)
