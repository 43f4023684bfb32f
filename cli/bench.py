"""luthier bench: what the engine costs on this machine, against its limits and its peers."""

import argparse
from importlib import import_module

BENCHMARKS: dict[str, tuple[float, ...]] = {"limits": (), "modal": (), "realtime": (60.0, 1000)}  # their arguments
USUAL = ("limits", "modal")  # need nothing installed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which benchmarks."""
    parser.add_argument(
        "names", metavar="NAME", nargs="*", help=f"of {', '.join(BENCHMARKS)}; the first two otherwise"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object per line")


def run(args: argparse.Namespace) -> int:
    """Print the figures of each benchmark as it is done."""
    for name in args.names:
        if name not in BENCHMARKS:
            raise ValueError(f"there is no benchmark {name!r}; there are {', '.join(BENCHMARKS)}")
    from benchmarks.rows import show

    for name in args.names or USUAL:
        show(import_module(f"benchmarks.{name}").measure(*BENCHMARKS[name]), args.json)
    return 0
