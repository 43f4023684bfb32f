"""Damaged files of images: refused in one line, and never a crash; what is refused was never used."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.image.chain_image import make_rated_image
from engine.image.image import Tables
from engine.image.image_file import HEADER, IMAGE, LABELS, checksum, pack_images
from engine.instrument_chain import make_chain
from tests.support.shell.shell_library import Library, aligned

RATE = 48_000
FIRST = HEADER.itemsize + LABELS.itemsize


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A file with a sound image of a small instrument."""
    tables = Tables()
    path = tmp_path_factory.mktemp("images") / "cowbell"
    path.write_bytes(pack_images([make_rated_image(make_chain("cowbell"), RATE, tables)], tables, {}, {}))
    return path


def open_damaged(library_path: Path, path: Path, count: int) -> None:
    """Print how many of `count` files with changed bytes, missing or moved parts are refused."""
    library, data, random = Library(library_path), path.read_bytes(), np.random.default_rng(1)
    refused = 0
    for number in range(count):
        changed = bytearray(data)
        place = int(random.integers(len(data)) if number % 2 else random.integers(FIRST + 4096))
        if number % 4 < 2:
            changed[place] ^= int(random.integers(1, 256))
        elif number % 4 == 2:
            del changed[place : place + int(random.integers(1, 5000))]
        else:
            changed[place : place + 64] = random.bytes(64)
        if bytes(changed) == data:
            continue
        result, _ = library.open(aligned(bytes(changed)))
        refused += bool(result and library.message(result))
    print(refused)


def open_sealed(library_path: Path, path: Path, count: int) -> None:
    """Print how many of `count` files with wrong numbers, but the right checksum, are refused; make all others."""
    library, data, random = Library(library_path), path.read_bytes(), np.random.default_rng(2)
    entry = np.frombuffer(data, IMAGE, 1, FIRST)[0]
    parts = [(HEADER.itemsize - 56, HEADER.itemsize - 8), (FIRST + 16, FIRST + IMAGE.itemsize)]
    for name, size in (("slots", 24), ("relocations", 24), ("chunks", 16)):
        start = int(entry[f"{name}_place"])
        parts.append((start, start + size * int(entry[f"{name}_count"])))
    refused = 0
    for number in range(count):
        changed = bytearray(data)
        start, end = parts[number % len(parts)]
        place = start + int(random.integers((end - start) // 8)) * 8
        value = [int(random.integers(256)), int(random.integers(1 << 62)), (1 << 64) - int(random.integers(1, 300))]
        changed[place : place + 8] = value[number % 3].to_bytes(8, "little")
        changed[56:64] = checksum(bytes(changed[HEADER.itemsize :])).to_bytes(8, "little")
        room = aligned(bytes(changed))
        result, file = library.open(room)
        refused += result != 0
        if result == 0:
            from tests.support.shell.shell_library import Image

            image = Image()
            if library.c.luthier_find(ctypes.byref(file), RATE, ctypes.byref(image)) == 0:
                library.c.luthier_destroy(library.c.luthier_create(ctypes.byref(image)))
    print(refused)


def run(function, library, path, count):
    """What a function of this file prints, run in a process of its own."""
    code = f"import sys; from pathlib import Path; from tests.shell.test_damaged_images import {function}; "
    code += f"{function}(Path(sys.argv[1]), Path(sys.argv[2]), {count})"
    command = [sys.executable, "-c", code, str(library.path), str(path)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert ended.returncode == 0, f"{ended.returncode} {ended.stderr[-1000:]}"
    return int(ended.stdout)


def test_damaged_files_are_refused(library, whole):
    assert run("open_damaged", library, whole, 60) == 60


def test_wrong_numbers_lead_nowhere(library, whole):
    assert 20 <= run("open_sealed", library, whole, 60) <= 60


@pytest.mark.verify
def test_two_thousand_damaged_files_are_refused(library, whole):
    assert run("open_damaged", library, whole, 2000) == 2000


@pytest.mark.verify
def test_two_thousand_wrong_numbers_lead_nowhere(library, whole):
    assert run("open_sealed", library, whole, 2000) >= 1000
