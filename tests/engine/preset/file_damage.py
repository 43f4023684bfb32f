"""Damaged preset files, and the error line of a refusal."""

import json
from pathlib import Path

import pytest

from engine.preset import container
from engine.preset.preset_file import PresetError, read


def refusal(path: Path) -> str:
    """The error line of a refused file; it names the file."""
    with pytest.raises(PresetError) as caught:
        read(path)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(path.name)
    return line


def change_header(data: bytes, change) -> bytes:
    """The file with its header changed by a function of the parsed header, and a new digest."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    change(header)
    text = json.dumps(header, separators=(",", ":")).encode()
    return container.seal(bytearray(len(text).to_bytes(8, "little") + text + data[8 + length :]))


def describe(data: bytes, **keys) -> bytes:
    """The file with keys of its description replaced, and a new digest."""

    def change(header):
        text = {**json.loads(header["__metadata__"]["luthier"]), **keys}
        header["__metadata__"]["luthier"] = json.dumps(text, separators=(",", ":"))

    return change_header(data, change)


def sealed_text(header: bytes) -> bytes:
    """A file of a header only, with its digest."""
    return bytes(container.seal(bytearray(len(header).to_bytes(8, "little") + header)))


def damage_the_end(path: Path) -> None:
    """Change the last byte of a file."""
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
