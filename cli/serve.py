"""luthier serve INSTRUMENT …: serve the pages that play instruments to the browsers of this machine."""

import argparse
import json
import webbrowser

from engine.preset import preset_file
from engine.preset.redistribution import check_exportable
from session import patch_lookup
from session.patch import Patch

from .number_ranges import integer

DEFAULT_PORT = 8765
EXAMPLE = "example: luthier serve celesta djembe --hands"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the instruments and where they are served."""
    parser.add_argument(
        "presets", metavar="INSTRUMENT", nargs="+", help="instruments, or saved patches, by name or path"
    )
    parser.add_argument(
        "--hands", action="store_true", help="played by a hand before the camera where it was learned"
    )
    parser.add_argument(
        "--hand-package", metavar="FILE.tgz", default="",
        help="the package of the hand tracker, where npm cannot fetch it",
    )  # fmt: skip
    parser.add_argument(
        "--port", type=integer(0, 65535), default=None, metavar="N",
        help=f"of this machine; {DEFAULT_PORT} otherwise, or a free one; 0: a free one",
    )  # fmt: skip
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    parser.add_argument("--json", action="store_true", help="print addresses as JSON")
    parser.epilog = EXAMPLE


def run(args: argparse.Namespace) -> int:
    """Serve the pages until Ctrl+C."""
    from export.page.page_server import PageServer

    pages: dict[str, str] = {}
    for text in args.presets:
        path = patch_lookup.find(text)
        name, page = _page(patch_lookup.resolve(Patch(path)), args)
        pages[_free_name(name, pages)] = page
    with PageServer(pages, args.port, DEFAULT_PORT) as server:
        print(
            json.dumps({"address": server.address, "pages": list(pages)}) if args.json else server.address, flush=True
        )
        if args.open:
            webbrowser.open(server.address)
        try:
            server.serve()
        except KeyboardInterrupt:
            return 0
    return 0


def _page(patch: Patch, args: argparse.Namespace) -> tuple[str, str]:
    """Name and text of the page of a patch."""
    from export.page.hand_tracker import load_tracker
    from export.page.page import has_hand_map, make_page

    preset = preset_file.read(patch.path)
    check_exportable(preset.header)
    has_hand = (args.hands or args.hand_package) and has_hand_map(preset)
    text, _ = make_page(patch, preset, load_tracker(args.hand_package) if has_hand else None)
    return str(preset.header["name"]), text


def _free_name(name: str, taken: dict[str, str]) -> str:
    """A name, numbered if it is taken."""
    return next(each for number in range(1, len(taken) + 2) if (each := _numbered(name, number)) not in taken)


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name} {number}"
