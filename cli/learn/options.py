"""Which options mean something to which kind of instrument; what would be ignored is refused."""

import argparse

_KINDS = {
    "taken": ("resonance", "ssm"),
    "control": ("resonance", "ssm"),
    "resonances": ("resonance",),
    "modes": ("resonance",),
    "variants": ("resonance",),
    "sites": ("resonance", "ssm"),
    "state": ("ssm",),
    "frame": ("ssm",),
    "rate": ("resonance", "ssm", "events"),
    "size": ("events",),
    "units": ("ddsp",),
    "harmonics": ("ddsp",),
    "start_from": ("ddsp",),
    "voice": ("ddsp",),
}
_WORDS = {"taken": "as", "start_from": "from"}
_PIECE = ("control", "resonances", "variants", "sites", "rate")


def check(args: argparse.Namespace) -> None:
    """ValueError for an option that the kind cannot use."""
    for name, kinds in _KINDS.items():
        if getattr(args, name) is not None and args.kind not in kinds:
            raise ValueError(f"--{_WORDS.get(name, name)} is for {' or '.join(kinds)}, not for {args.kind}")
    if args.taken == "modes" and args.kind != "ssm":
        raise ValueError("--as modes is for ssm: a resonance instrument has modes anyway")
    if args.taken == "notes" and args.kind == "ssm":
        raise ValueError("--as notes is for resonance: of kind ssm is what a piece becomes")


def check_notes(args: argparse.Namespace) -> None:
    """ValueError for an option that only a piece can use."""
    for name in _PIECE:
        if getattr(args, name) is not None:
            raise ValueError(f"--{name} is for a piece, and this is learned as notes (--as piece if it is one)")
