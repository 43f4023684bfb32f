"""The HTML page that plays an instrument: shell, images and player in one file without external references."""

import base64
import gzip
from importlib.resources import files
from pathlib import Path

import jinja2

from engine.atomic_write import write_text
from engine.image.chain_image import RATES
from engine.image.image_file import pack_images
from engine.kinds import kind_of
from engine.preset.preset_file import Preset
from engine.quantity_format import format_size
from export.chain_images import make_images
from export.clap_plugin import labels
from export.shell_file import find_shell
from session.patch import Patch

SHELL_NAME = "luthier.wasm"
LANES = (4,)  # float32 in a register of the browser's
SCRIPTS = (
    "data", "engine", "surface", "keyboard", "knobs", "picture", "modes", "harmonics", "sound_map", "pad",
    "performance", "inputs", "player",
)  # fmt: skip
"""The scripts of a page in order, without the processor, which runs on the browser's audio thread."""
BYTES_PER_SAMPLE = 2  # of a recording


def write_page(path: Path, patch: Patch, preset: Preset) -> str:
    """Write the page of a patch, whole or not at all; what is in it, in words.

    ImageError, ValueError or OSError if it cannot be made.
    """
    module = find_shell(SHELL_NAME).read_bytes()
    made = make_images(patch, RATES, LANES, kind_of(preset.header).follows_voice)
    images = pack_images(made.images, made.tables, labels(preset, preset.header["name"]), made.description)
    write_text(path, build_page(preset, patch.path.stat().st_size, module, images))
    return f"{len(made.description['params'])} knobs, {' and '.join(f'{rate / 1000:g}' for rate in RATES)} kHz"


def build_page(preset: Preset, size: int, module: bytes, images: bytes) -> str:
    """The text of a page. size: bytes of the preset's file; module: of WebAssembly; images: a file of images."""
    kind = kind_of(preset.header)
    return _environment().get_template("page.html").render(
        texts=_texts(preset), kind=kind.title, facts=_facts(preset, size), style=_text("page.css"),
        scripts=[_text(f"{name}.js") for name in SCRIPTS], processor=_text("processor.js"),
        module=_packed(module), images=_packed(images), follows_voice=kind.follows_voice,
    )  # fmt: skip


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


def _packed(data: bytes) -> str:
    """Bytes for a page: gzip, in base64. The same bytes always give the same text."""
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode("ascii")


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_text), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def _text(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
