"""luthier report INSTRUMENT -o PAGE.html: a page about an instrument with sounds and plots, for any browser."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.atomic_write import error_line, write_text
from engine.preset import preset_file
from engine.preset.redistribution import check_exportable
from session import patch_lookup
from session.patch import Patch

from . import preset_facts
from .number_ranges import integer, number
from .recording_part import parse_part

if TYPE_CHECKING:
    import numpy as np

    from engine.preset.preset_file import Preset

MAX_RECORDING_SECONDS = 600.0
EXAMPLE = "example: luthier report celesta --recording sugar-plum-fairy.ogg -o celesta.html"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the instrument, the recording to compare it with, and the page to write."""
    parser.add_argument("preset", metavar="INSTRUMENT", help="an instrument, or a saved patch, by name or path")
    parser.add_argument(
        "--recording", metavar="RECORDING",
        help="what it was learned from, or another: a sound file, or FILE@START-END; the part is found",
    )  # fmt: skip
    parser.add_argument("-o", "--output", metavar="PAGE.html", required=True, help="the page to write")
    parser.add_argument(
        "--seconds", type=number(0.5, 60, "s"), default=12.0, metavar="S", help="how long sounds may be; 12 otherwise"
    )
    parser.add_argument("--no-player", action="store_true", help="without the instrument itself, which is 2 to 5 MB")
    parser.add_argument("--seed", type=integer(0, 2**31 - 1), default=0, metavar="N", help="decides what is random")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.epilog = EXAMPLE


def run(args: argparse.Namespace) -> int:
    """Write the page, and print its size."""
    path, page = patch_lookup.find_instrument(args.preset), Path(args.output)
    if page.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"{page}: the ending must be .html")
    if not page.parent.is_dir():
        raise ValueError(f"there is no folder {str(page.parent)!r} to write {page.name} to")
    preset = preset_file.read(path)
    try:
        import jinja2  # noqa: F401 - only to know that it is there
        import matplotlib  # noqa: F401 - only to know that it is there
    except ImportError as error:
        raise ValueError(f"a page needs {error.name}: pip install 'luthier[report]'") from None
    try:
        text = _page(preset, path, _read(args.recording), args)
    except ImportError as error:
        raise ValueError(f"a recording is taken apart with {error.name}: pip install 'luthier[train]'") from None
    write_text(page, text)
    size = page.stat().st_size
    result = {"path": args.output, "bytes": size, "kind": preset.header["kind"]}
    print(json.dumps(result) if args.json else f"{args.output}: {size / 1e6:.2f} MB, opens in any browser")
    return 0


def _page(preset: "Preset", path: Path, recording: "np.ndarray | None", args: argparse.Namespace) -> str:
    from rich.console import Console

    from export.report import ReportOptions, build

    options = ReportOptions(recording, args.seconds, args.seed)
    facts = [(name, text) for name, text in preset_facts.of(preset, path) if name != "File"]
    with Console(stderr=True).status("starting") as status:
        player, problem = ("", "") if args.no_player else _player(preset, path)
        text = build(preset, path.stat().st_size, facts, options, status.update, player)
    if problem:
        print(f"the page has no instrument to play: {problem}", file=sys.stderr)
    return text


def _player(preset: "Preset", path: Path) -> tuple[str, str]:
    """The text of the page that plays an instrument; where it cannot be made, "" and the reason."""
    from export.page.page import make_page

    try:
        check_exportable(preset.header)
        return make_page(patch_lookup.resolve(Patch(path)), preset)[0], ""
    except (ValueError, OSError) as error:
        return "", error_line(error)


def _read(text: str | None) -> "np.ndarray | None":
    """Two channels (2, T) of a recording; the only one twice."""
    if text is None:
        return None
    import numpy as np

    from engine.sound_file import reader
    from export.likeness.distance import RATE

    file, start, length = parse_part(text)
    sound = reader.read(file, RATE, start, min(length or MAX_RECORDING_SECONDS, MAX_RECORDING_SECONDS))
    if not sound.samples.any():
        raise ValueError(f"{Path(file).name} is silent there, or damaged")
    for notice in sound.notices:
        print(notice, file=sys.stderr)
    samples = sound.samples
    return np.ascontiguousarray(np.repeat(samples, 2, axis=0) if len(samples) == 1 else samples[:2], np.float32)
