"""The HTML page that plays an instrument: shell, images and player in one file without external references."""

import base64
import gzip
from pathlib import Path

import numpy as np

from engine.atomic_write import write_text
from engine.image.chain_image import RATES
from engine.image.image_file import HEADER, pack_images
from engine.kinds import kind_of
from engine.preset.preset_file import Preset
from engine.quantity_format import format_size
from export.chain_images import ImageSet, make_images
from export.clap_plugin import labels
from export.package_files import PackageFiles
from export.shell_file import check_shell, find_shell
from session.patch import Patch

SHELL_NAME = "luthier.wasm"
_FILES = PackageFiles("export.page")
LANES = (4,)  # float32 in a register of the browser's
SCRIPTS = (
    "data", "engine", "surface", "keyboard", "knobs", "picture", "modes", "harmonics", "sound_map", "pad",
    "performance", "inputs", "player",
)  # fmt: skip
"""The scripts of a page in order, without the processor, which runs on the browser's audio thread."""
BYTES_PER_SAMPLE = 2  # of a recording
MAX_BYTES_FOR_TWO_RATES = 4_500_000
"""Of a page: a larger one has images for one rate, and the browser converts for devices of others."""
FLOAT_BYTES = 4


def write_page(path: Path, patch: Patch, preset: Preset) -> str:
    """Write the page of a patch, whole or not at all; what is in it, in words.

    ImageError, ValueError or OSError if it cannot be made.
    """
    module = find_shell(SHELL_NAME).read_bytes()
    made = make_images(patch, RATES, LANES, kind_of(preset.header).follows_voice)
    check_shell(module, SHELL_NAME, made.images[0].digest)
    text = _build(preset, patch, module, made)
    if len(text) > MAX_BYTES_FOR_TWO_RATES:
        made = made.select(RATES[-1:])
        text = _build(preset, patch, module, made)
    write_text(path, text)
    rates = " and ".join(f"{rated.rate / 1000:g}" for rated in made.images)
    return f"{len(made.description['params'])} knobs, {rates} kHz"


def build_page(preset: Preset, size: int, module: bytes, images: bytes) -> str:
    """The text of a page. size: bytes of the preset's file; module: of WebAssembly; images: a file of images."""
    kind = kind_of(preset.header)
    return _FILES.template("page.html").render(
        texts=_texts(preset), kind=kind.title, facts=_facts(preset, size), style=_FILES.text("page.css"),
        scripts=[_FILES.text(f"{name}.js") for name in SCRIPTS], processor=_FILES.text("processor.js"),
        module=_packed(module), images=_packed(in_planes(images)), follows_voice=kind.follows_voice,
    )  # fmt: skip


def _build(preset: Preset, patch: Patch, module: bytes, made: ImageSet) -> str:
    """The text of the page of a patch with these images."""
    description = {**made.description, "rates": [rated.rate for rated in made.images]}
    images = pack_images(made.images, made.tables, labels(preset, preset.header["name"]), description)
    return build_page(preset, patch.path.stat().st_size, module, images)


def recording_share(preset: Preset, size: int) -> float | None:
    """Bytes of an instrument over those of its recording at 16 bits a sample; None where its length is unknown."""
    control = preset.header.get("control")
    if not isinstance(control, dict):
        return None
    return size / (BYTES_PER_SAMPLE * control["frames"] * control["hop"])


def _facts(preset: Preset, size: int) -> list[str]:
    """Short sentences about the instrument."""
    share = recording_share(preset, size)
    compared = f", {100 * share:.0f} % of the bytes of its recording" if share is not None else ""
    return [f"{format_size(size)} learned{compared}"]


def _texts(preset: Preset) -> dict[str, str]:
    """Texts from the preset's header, empty where missing."""
    header = preset.header
    source, training = (header.get(name, {}) for name in ("source", "training"))
    texts = {name: header.get(name, "") for name in ("description", "licence")}
    name = str(header["name"])
    return {
        **texts, "name": name[:1].upper() + name[1:], "attribution": source.get("attribution", ""),
        "version": training.get("version", ""),
    }  # fmt: skip


def in_planes(images: bytes) -> bytes:
    """A file of images with sorted tables: first bytes of all words of FLOAT_BYTES, then second ones, and so on.

    Numbers shrink more so.
    """
    start = int(np.frombuffer(images, HEADER, 1)["tables_place"][0])
    tables = images[start:] + bytes(-len(images) % FLOAT_BYTES)
    return images[:start] + np.frombuffer(tables, np.uint8).reshape(-1, FLOAT_BYTES).T.tobytes()


def _packed(data: bytes) -> str:
    """Bytes for a page: gzip, in base64. The same bytes always give the same text."""
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode("ascii")
