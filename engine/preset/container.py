"""The container of a preset: a safetensors file with a digest over all of its bytes.

The file is the plain format (8 bytes of header length, a JSON header, the tensors' bytes), with one text under the
metadata key `luthier`. That text begins with {"digest":"…"}: 64 hex digits of BLAKE2b-256 over the whole file in
which these digits read 0. So a file that was changed is refused.
"""

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from safetensors.numpy import save

DTYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2"), "I32": np.dtype("<i4")}
MAX_HEADER_BYTES = 1 << 20  # parsed JSON can take thirty times its text

_MARK = b'"luthier":"{\\"digest\\":\\"'
_BLANK = b"0" * 64


@dataclass(frozen=True)
class Container:
    """The parts of a file; only the digest and the layout are checked yet.

    text: the JSON under `luthier`. table: (name, dtype, shape, first byte, last byte + 1) in file order.
    """

    data: memoryview
    digest: str
    text: str
    table: list[tuple[str, np.dtype, tuple[int, ...], int, int]]

    def tensors(self) -> dict[str, np.ndarray]:
        """Arrays by name, as writable views of the file's bytes where these are aligned."""
        return {
            name: np.require(np.frombuffer(self.data[first:last], dtype).reshape(shape), requirements="A")
            for name, dtype, shape, first, last in self.table
        }


def pack(header: dict[str, Any], tensors: dict[str, np.ndarray]) -> bytearray:
    """The bytes of a file with its digest: the same for the same content. ValueError if a value cannot be written."""
    rest = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    text = f'{{"digest":"{_BLANK.decode()}"' + ("," + rest[1:] if header else "}")
    known = list(DTYPES.values())
    for name, tensor in tensors.items():
        if tensor.dtype not in known:
            raise ValueError(f"has tensor {name!r} of type {tensor.dtype}; known are {', '.join(map(str, known))}")
    whole = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    return seal(bytearray(save(whole, {"luthier": text})))


def seal(data: bytearray) -> bytearray:
    """Write the digest of a file's bytes into its place."""
    at = _digest_offset(memoryview(data))
    data[at : at + 64] = _hash(memoryview(data), at)
    return data


def unpack(data: memoryview) -> Container:
    """Check the digest and then the layout of a file's bytes; ValueError says what is wrong."""
    length = _header_length(data)
    digest = _digest(data)
    header = parse(bytes(data[8 : 8 + length]), "its header")
    metadata = header.pop("__metadata__", None)
    text = metadata.get("luthier") if isinstance(metadata, dict) else None
    if not isinstance(text, str):
        raise ValueError("is no .luthier file: its header has no text called 'luthier'")
    table = sorted((_entry(name, entry, 8 + length) for name, entry in header.items()), key=lambda row: row[3:])
    end = 8 + length
    for name, _, _, first, last in table:
        if first != end:
            raise ValueError(f"has a lying header: tensor {name!r} does not start where the one before it ends")
        end = last
    if end != len(data):
        raise ValueError(f"has {len(data)} bytes where its tensors end after {end}")
    return Container(data, digest, text, table)


def parse(text: bytes | str, what: str) -> dict[str, Any]:
    """A JSON object; ValueError if the text is anything else, or has NaN or invalid Unicode."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
        json.dumps(value, ensure_ascii=False).encode()  # fails for half of a surrogate pair
    except (ValueError, RecursionError):
        raise ValueError(f"is damaged: {what} is not readable JSON") from None
    if not isinstance(value, dict):
        raise ValueError(f"is damaged: {what} is not a JSON object")
    return value


def _refuse_constant(word: str) -> None:
    raise ValueError(word)


def _entry(name: str, entry: Any, start: int) -> tuple[str, np.dtype, tuple[int, ...], int, int]:
    """One row of the table from one entry of the header; the tensors' bytes begin at `start`."""
    if not isinstance(entry, dict):
        raise ValueError(f"has a lying header: tensor {name!r} is not described")
    word = entry.get("dtype")
    dtype = DTYPES.get(word) if isinstance(word, str) else None
    if dtype is None:
        raise ValueError(f"has tensor {name!r} of type {word!r}; known are {', '.join(DTYPES)}")
    shape, offsets = _counts(entry.get("shape")), _counts(entry.get("data_offsets"))
    if shape is None or len(shape) > 8:
        raise ValueError(f"has a lying header: tensor {name!r} has no shape of at most 8 sizes")
    if offsets is None or len(offsets) != 2 or offsets[1] - offsets[0] != math.prod(shape) * dtype.itemsize:
        raise ValueError(f"has a lying header: the bytes of tensor {name!r} do not fit its shape")
    return name, dtype, shape, start + offsets[0], start + offsets[1]


def _counts(values: Any) -> tuple[int, ...] | None:
    """The integers of a JSON list that could be sizes or offsets in a file, or None if it is anything else."""
    if isinstance(values, list) and all(type(value) is int and 0 <= value < 1 << 62 for value in values):
        return tuple(values)
    return None


def _header_length(data: memoryview) -> int:
    """Bytes of the JSON header that follows the first eight."""
    if len(data) < 8:
        raise ValueError("is empty" if len(data) == 0 else f"is cut short: it has only {len(data)} bytes")
    length = int.from_bytes(data[:8], "little")
    if length > len(data) - 8:
        detail = f": its header should be {length} bytes long" if length <= MAX_HEADER_BYTES else ""
        raise ValueError(f"is cut short, or no .luthier file{detail}")
    if length > MAX_HEADER_BYTES:
        raise ValueError(f"has a header of {length} bytes; at most {MAX_HEADER_BYTES} are allowed")
    return length


def _digest(data: memoryview) -> str:
    """The digest in a file; ValueError if it is not that of the file's bytes."""
    at = _digest_offset(data)
    claimed = bytes(data[at : at + 64])
    if claimed != _hash(data, at):
        raise ValueError("is damaged: its bytes do not give the digest that it carries")
    return claimed.decode()


def _digest_offset(data: memoryview) -> int:
    """Index of the first of the 64 digits."""
    length = int.from_bytes(data[:8], "little")
    at = bytes(data[8 : 8 + length]).find(_MARK)
    if at < 0 or at + len(_MARK) + 64 > length:
        raise ValueError("is no .luthier file, or damaged: it carries no digest")
    return 8 + at + len(_MARK)


def _hash(data: memoryview, at: int) -> bytes:
    """BLAKE2b-256 in hex of a file, its 64 bytes from `at` on read as 0."""
    digest = hashlib.blake2b(data[:at], digest_size=32)
    digest.update(_BLANK)
    digest.update(data[at + 64 :])
    return digest.hexdigest().encode()
