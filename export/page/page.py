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

from .hand_tracker import NOTICE, HandTracker

SHELL_NAME = "luthier.wasm"
_FILES = PackageFiles("export.page")
LANES = (4,)  # float32 in a register of the browser's
SCRIPTS = (
    "data", "engine", "surface", "keyboard", "knobs", "picture", "modes_picture", "harmonics_picture",
    "sound_map_picture", "pad", "performance_view", "inputs", "one_euro", "gesture",
)  # fmt: skip
"""The scripts of every page in order; `HAND_SCRIPTS` and the player follow. The processor, which runs on the audio
thread of the browser, and the script of the hand tracker, which runs in a worker, are texts in them.
"""
HAND_SCRIPTS = ("camera",)
PROCESSOR_SCRIPTS = ("rate_converter", "processor")
PLAYER = "player"
BYTES_PER_SAMPLE = 2  # of a recording
MAX_BYTES_FOR_TWO_RATES = 4_500_000
"""Of a page: a larger one has images for one rate, and the browser converts for devices of others."""
FLOAT_BYTES = 4
HAND_MAP = "map_hand"
"""Tensor of a preset: the energies of K control dimensions for each of 63 coordinates of a hand."""


def write_page(path: Path, patch: Patch, preset: Preset, tracker: HandTracker | None = None) -> str:
    """Write the page of a patch, whole or not at all; what is in it, in words.

    tracker: plays it by a hand before the camera. ImageError, ValueError or OSError if it cannot be made.
    """
    text, words = make_page(patch, preset, tracker)
    write_text(path, text)
    return words


def make_page(patch: Patch, preset: Preset, tracker: HandTracker | None = None) -> tuple[str, str]:
    """The text of the page of a patch, and what is in it, in words; see `write_page`."""
    if tracker is not None:
        check_hand_map(preset)
    module = find_shell(SHELL_NAME).read_bytes()
    made = make_images(patch, RATES, LANES, kind_of(preset.header).follows_voice)
    check_shell(module, SHELL_NAME, made.images[0].digest)
    size = patch.path.stat().st_size
    text = build_page(preset, size, module, _pack(preset, made))
    if len(text) > MAX_BYTES_FOR_TWO_RATES:
        made = made.select(RATES[-1:])
        text = build_page(preset, size, module, _pack(preset, made))
    if tracker is not None:
        text = build_page(preset, size, module, _pack(preset, made), tracker)
    rates = " and ".join(f"{rated.rate / 1000:g}" for rated in made.images)
    return text, f"{len(made.description['params'])} knobs, {rates} kHz{', a hand' if tracker is not None else ''}"


def build_page(preset: Preset, size: int, module: bytes, images: bytes, tracker: HandTracker | None = None) -> str:
    """The text of a page. size: bytes of the preset's file; module: of WebAssembly; images: a file of images."""
    kind = kind_of(preset.header)
    names = [*SCRIPTS, *(HAND_SCRIPTS if tracker is not None else ()), PLAYER]
    return _FILES.template("page.html").render(
        texts=_texts(preset), kind=kind.title, facts=_facts(preset, size), style=page_text("page.css"),
        scripts=[page_text(f"{name}.js") for name in names],
        processor="\n".join(page_text(f"{name}.js") for name in PROCESSOR_SCRIPTS),
        module=_packed(module), images=_packed(in_planes(images)), follows_voice=kind.follows_voice,
        tracker=_tracker_values(tracker) if tracker is not None else None,
    )  # fmt: skip


def _tracker_values(tracker: HandTracker) -> dict[str, str]:
    """What the template inserts of a hand tracker."""
    return {
        "script": page_text("hand_tracker.js"), "data": _packed(tracker.data), "table": tracker.table,
        "notice": NOTICE, "licence": _FILES.text("apache-2.0.txt"),
    }  # fmt: skip


def page_text(name: str) -> str:
    """A script or a style sheet for a page: without indentation, empty lines and lines of comment.

    Its strings end on their lines.
    """
    lines = (line.strip() for line in _FILES.text(name).splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def has_hand_map(preset: Preset) -> bool:
    """Whether an instrument has learned what a hand plays."""
    return HAND_MAP in preset.tensors


def check_hand_map(preset: Preset) -> None:
    """ValueError, one line, for an instrument that has not learned what a hand plays."""
    if not has_hand_map(preset):
        raise ValueError(
            f"{preset.header['name']} has no learned mapping of a hand: instruments learned from a piece have one"
        )


def _pack(preset: Preset, made: ImageSet) -> bytes:
    """A file of images, with the description of the page."""
    description = {**made.description, "rates": [rated.rate for rated in made.images]}
    return pack_images(made.images, made.tables, labels(preset, preset.header["name"]), description)


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
