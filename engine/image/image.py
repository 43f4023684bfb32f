"""The image of a prepared chain: its memory, with the addresses in it as relocations.

Memory is what is written while it plays, once for each instance. Tables are read only and hold no address; they are
shared, by instances and by images that hold the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.plugin import KeptArray, Plugin

from .function_table import DECODERS, FUNCTION_NAMES

ALIGNMENT = 64  # bytes
IN_MEMORY, IN_TABLES, FUNCTION = range(3)  # what a relocation leads to
ADDRESS = np.dtype("u8")  # every field of this type in a record is an address, or 0


class ImageError(ValueError):
    """A chain that cannot be made an image; the message is one line."""


@dataclass(frozen=True)
class Relocation:
    """An address in the memory: at a byte, to a byte of the memory or of the tables, or to a function's number."""

    place: int
    kind: int
    target: int


@dataclass(frozen=True)
class Slot:
    """A plugin of the chain: the number of its function, and where its record is in the memory."""

    function: int
    place: int
    size: int


class Tables:
    """Read-only arrays one after the other, those that are alike once."""

    def __init__(self) -> None:
        self.parts: list[tuple[int, bytes]] = []  # place and bytes, padded to ALIGNMENT
        self._places: dict[bytes, int] = {}

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return self.parts[-1][0] + len(self.parts[-1][1]) if self.parts else 0

    def add(self, array: np.ndarray) -> int:
        """Add an array, unless its bytes are there; its place."""
        return self.add_bytes(array.tobytes())

    def add_bytes(self, data: bytes) -> int:
        """Add bytes, unless they are there; their place."""
        padded = data + bytes(-len(data) % ALIGNMENT)
        if padded not in self._places:
            self._places[padded] = self.size
            self.parts.append((self.size, padded))
        return self._places[padded]

    def bytes(self) -> bytes:
        """All of them, one after the other."""
        return b"".join(data for _, data in self.parts)


@dataclass
class Image:
    """The memory of a chain as it is before the first block, its relocations and its slots."""

    memory: bytearray = field(default_factory=bytearray)
    relocations: list[Relocation] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)


@dataclass(frozen=True)
class _Span:
    """Where an array was and where it is now."""

    address: int
    size: int
    kind: int
    place: int


def make_image(plugins: Sequence[Plugin], tables: Tables) -> Image:
    """The image of prepared plugins, in the order in which they are processed; their tables are added to `tables`.

    ImageError for a plugin that no shell can play: one from elsewhere, or with a thread of its own.
    """
    image, spans, records = Image(), [], []
    functions = _decoder_addresses()
    for plugin in plugins:
        if plugin.name not in FUNCTION_NAMES or plugin.address:
            raise ImageError(f"{plugin.name} cannot be exported: only what belongs to Luthier can")
        for kept in (KeptArray("record", plugin.state, True), *plugin.arrays()):
            assert kept.array.flags.c_contiguous, (plugin.name, kept.name)
            span = _place(image, tables, kept)
            spans.append(span)
            if kept.array.dtype.names:
                records.append((plugin, kept, span))
            if kept.array is plugin.state:
                image.slots.append(Slot(FUNCTION_NAMES.index(plugin.name), span.place, kept.array.nbytes))
    for plugin, kept, span in records:
        for place in _address_places(kept.array):
            at = span.place + place
            value = int.from_bytes(image.memory[at : at + 8], "little")
            if value:
                image.relocations.append(_relocation(plugin, at, value, spans, functions))
                image.memory[at : at + 8] = bytes(8)
    return image


def _place(image: Image, tables: Tables, kept: KeptArray) -> _Span:
    """Copy an array to the memory or to the tables."""
    array = kept.array
    if not kept.is_written:
        return _Span(array.ctypes.data, array.nbytes, IN_TABLES, tables.add(array))
    image.memory.extend(bytes(-len(image.memory) % ALIGNMENT))
    place = len(image.memory)
    image.memory.extend(array.tobytes() or bytes(ALIGNMENT))
    return _Span(array.ctypes.data, array.nbytes, IN_MEMORY, place)


def _relocation(
    plugin: Plugin, place: int, value: int, spans: Sequence[_Span], functions: dict[int, int]
) -> Relocation:
    """The relocation of an address. ImageError if it leads elsewhere."""
    if value in functions:
        return Relocation(place, FUNCTION, functions[value])
    for span in spans:
        if span.address <= value < span.address + max(span.size, 1):
            return Relocation(place, span.kind, span.place + value - span.address)
    raise ImageError(f"{plugin.name} cannot be exported: it reaches memory that it has not declared")


def _decoder_addresses() -> dict[int, int]:
    """The numbers of the C functions that records hold the addresses of, as far as they are compiled."""
    from engine.instruments.ddsp.decoder_entry import compiled_decoders

    names = {half: FUNCTION_NAMES.index(name) for half, name in zip((False, True), DECODERS, strict=True)}
    return {callback.address: names[half] for half, callback in compiled_decoders().items()}


def _address_places(array: np.ndarray) -> Iterator[int]:
    """The bytes of an array of records at which there is an address."""
    places = list(_address_fields(array.dtype))
    for number in range(array.size):
        for place in places:
            yield number * array.dtype.itemsize + place


def _address_fields(dtype: np.dtype, start: int = 0) -> Iterator[int]:
    """The bytes of a record at which there is an address."""
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        inner = list(_address_fields(base))
        for number in range(int(np.prod(shape)) if inner else 0):
            yield from (start + number * base.itemsize + place for place in inner)
    elif dtype.names is not None:
        fields: Mapping[str, Any] = dtype.fields or {}
        for name in dtype.names:
            yield from _address_fields(fields[name][0], start + fields[name][1])
    elif dtype == ADDRESS:
        yield start
