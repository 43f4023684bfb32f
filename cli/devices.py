"""luthier devices: list audio devices and MIDI ports, and what is missing."""

import argparse
import json
from dataclasses import asdict


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --json."""
    parser.add_argument("--json", action="store_true", help="one JSON object per line")


def run(args: argparse.Namespace) -> int:
    """Print every device, those that `luthier play` opens marked by a star; then hints."""
    from engine.devices.listing import list_devices

    listing = list_devices()
    if args.json:
        for row in [*map(asdict, listing.entries), *({"kind": "hint", "text": hint} for hint in listing.hints)]:
            print(json.dumps(row, ensure_ascii=False))
        return 0
    width = max((len(each.name) for each in listing.entries), default=0)
    for each in listing.entries:
        mark = "*" if each.opens else " "
        print(f"{mark} {each.kind:6}  {each.name:{width}}  {each.backend:9}  {each.text}".rstrip())
    for hint in listing.hints:
        print(f"  hint    {hint}")
    return 0
