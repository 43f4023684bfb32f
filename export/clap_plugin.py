"""An instrument as a CLAP plugin: the shell with the images of the instrument at its end."""

import re
import struct
from collections.abc import Sequence
from pathlib import Path

import engine
from engine.atomic_write import atomic_path
from engine.image.chain_image import RATES
from engine.image.image_file import PAGE_BYTES, ImageParam, pack_images
from engine.kinds import kind_of
from engine.preset.preset_file import Preset
from session.patch import Patch

from .chain_images import LAYOUTS, make_images
from .shell_file import check_shell, find_shell

SHELL_NAME = "luthier.clap"
TRAILER = b"LUTHEND\x01"
MAX_DESCRIPTION = 500  # characters


def write_clap(path: Path, patch: Patch, preset: Preset) -> str:
    """Write the plugin of a patch, whole or not at all; what is in it, in words.

    ImageError, ValueError or OSError if it cannot be made.
    """
    shell = find_shell(SHELL_NAME).read_bytes()
    follows = kind_of(preset.header).follows_voice
    made = make_images(patch, RATES, tuple(LAYOUTS), follows)
    check_shell(shell, SHELL_NAME, made.images[0].digest)
    name = path.stem
    data = pack_images(made.images, made.tables, labels(preset, name), words(made.images[0].params))
    with atomic_path(path) as draft:
        draft.write_bytes(join(shell, data))
        draft.chmod(0o755)
    return f"{len(made.images[0].params)} parameters, {' and '.join(f'{rate / 1000:g}' for rate in RATES)} kHz"


def words(params: Sequence[ImageParam]) -> dict[str, list[str]]:
    """What a host shows of the steps of parameters, by their numbers; without those that C would have to decode."""
    return {
        str(number): list(param.names)
        for number, param in enumerate(params)
        if param.names
        and all(name.isascii() and name.isprintable() and not set(name) & set('"\\') for name in param.names)
    }


def join(shell: bytes, images: bytes) -> bytes:
    """A shell with a file of images at its end, and where it begins."""
    place = len(shell) + -len(shell) % PAGE_BYTES
    return shell.ljust(place, b"\0") + images + TRAILER + struct.pack("<QQ", place, len(images))


def labels(preset: Preset, name: str) -> dict[str, str]:
    """What a host shows of an instrument."""
    header = preset.header
    source = header.get("source", {})
    parts = [header.get("description", ""), source.get("attribution", ""), header.get("licence", "")]
    description = " · ".join(part for part in parts if part)
    identifier = re.sub(r"[^a-z0-9.-]+", "-", name.lower()).strip("-") or "instrument"
    return {
        "name": name, "id": f"luthier.{identifier}", "version": engine.VERSION,
        "description": description[:MAX_DESCRIPTION],
    }  # fmt: skip
