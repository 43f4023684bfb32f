"""luthier bench: what the engine costs on this machine, against its limits and its peers."""

import argparse
from importlib import import_module

BENCHMARKS: dict[str, tuple[str, tuple[float | str, ...]]] = {
    "limits": ("kernels", ()),
    "modal": ("kernels", ()),
    "instrument": ("kernels", ()),
    "decoder": ("kernels", ()),
    "recurrence": ("kernels", ()),
    "harmonics": ("kernels", ()),
    "room": ("kernels", ()),
    "tracker": ("engine", ()),
    "transfer": ("engine", ()),
    "transfer_delay": ("engine", ()),
    "voices": ("engine", ()),
    "keyboard": ("engine", ()),
    "notes": ("learning", ()),
    "start": ("engine", ()),
    "realtime": ("engine", (60.0, 1000)),
    "events": ("learning", ()),
    "first_use": ("engine", ()),
    "isolation": ("learning", ()),
}  # fmt: skip - name: folder of the module, arguments
USUAL = ("limits", "modal", "instrument")  # need nothing installed
OF_A_PRESET = {
    "guitar": ("voices", "keyboard", "start"),
    "violin": ("transfer", "transfer_delay"),
    "mosaic": ("events", "first_use", "isolation"),
}
"""Benchmarks of a preset, by the one that is measured unless another is named."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which benchmarks."""
    parser.add_argument(
        "names", metavar="NAME", nargs="*", help=f"of {', '.join(BENCHMARKS)}; the first three otherwise"
    )
    said = "; ".join(f"for {', '.join(names)} the {usual}" for usual, names in OF_A_PRESET.items())
    parser.add_argument("--preset", metavar="PRESET", help=f"a name or path; otherwise {said}")
    parser.add_argument("--json", action="store_true", help="one JSON object per line")


def run(args: argparse.Namespace) -> int:
    """Print the figures of each benchmark as it is done."""
    for name in args.names:
        if name not in BENCHMARKS:
            raise ValueError(f"there is no benchmark {name!r}; there are {', '.join(BENCHMARKS)}")
    from benchmarks.support.measurement import print_measurements

    for name in args.names or USUAL:
        folder, given = BENCHMARKS[name]
        for usual in (usual for usual, names in OF_A_PRESET.items() if name in names):
            given = (args.preset or usual,)
        print_measurements(import_module(f"benchmarks.{folder}.{name}").measure(*given), args.json)
    return 0
