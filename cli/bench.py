"""luthier bench: measure the engine on this machine, and compare it with its goals and with other implementations."""

import argparse
from importlib import import_module

BENCHMARKS: dict[str, tuple[str, tuple[float | str, ...]]] = {
    "limits": ("kernels.processor_limits", ()),
    "modal": ("kernels.modal", ()),
    "instrument": ("kernels.modes_against_convolution", ()),
    "decoder": ("kernels.decoder", ()),
    "recurrence": ("kernels.tanh_rnn", ()),
    "harmonics": ("kernels.harmonics_noise", ()),
    "room": ("kernels.room", ()),
    "effects": ("engine.effect_load", ()),
    "tracker": ("engine.tracker", ()),
    "transfer": ("engine.transfer_accuracy", ()),
    "transfer_delay": ("engine.transfer_delay", ()),
    "quality": ("engine.transfer_quality", ()),
    "voices": ("engine.polyphony_load", ()),
    "keyboard": ("engine.key_evenness", ()),
    "notes": ("learning.note_accuracy", ()),
    "start": ("engine.start", ()),
    "realtime": ("engine.callback_punctuality", (60.0, 1000)),
    "foreign": ("engine.foreign_cost", ()),
    "events": ("learning.event_quality", ()),
    "first_use": ("engine.event_cache_misses", ()),
    "isolation": ("learning.event_ablation", ()),
}  # fmt: skip - name: module of benchmarks, arguments of its `measure`
DEFAULT_NAMES = ("limits", "modal", "instrument")  # need nothing installed
BY_INSTRUMENT = {
    "guitar": ("voices", "keyboard", "start"),
    "violin": ("transfer", "transfer_delay", "quality"),
    "mosaic": ("events", "first_use", "isolation"),
}
"""Benchmarks of an instrument, by the name of their default instrument."""

COMPLETED_WORDS = {"NAME": tuple(BENCHMARKS)}  # of arguments, by their metavar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the names of benchmarks."""
    parser.add_argument(
        "names", metavar="NAME", nargs="*", help=f"of {', '.join(BENCHMARKS)}; the first three otherwise"
    )
    defaults = "; ".join(f"for {', '.join(names)} the {name}" for name, names in BY_INSTRUMENT.items())
    parser.add_argument("--preset", metavar="INSTRUMENT", help=f"a name or path; otherwise {defaults}")
    parser.add_argument("--json", action="store_true", help="one JSON object per line")


def run(args: argparse.Namespace) -> int:
    """Print the measurements of each benchmark as it is done."""
    for name in args.names:
        if name not in BENCHMARKS:
            raise ValueError(f"there is no benchmark {name!r}; there are {', '.join(BENCHMARKS)}")
    from benchmarks.support.measurement import print_measurements

    for name in args.names or DEFAULT_NAMES:
        module, arguments = BENCHMARKS[name]
        for default, names in BY_INSTRUMENT.items():
            if name in names:
                arguments = (args.preset or default,)
        print_measurements(import_module(f"benchmarks.{module}").measure(*arguments), args.json)
    return 0
