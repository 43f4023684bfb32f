"""Checks of the options of `luthier learn`: refuses those that the kind or the recipe would ignore."""

import argparse
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from engine.kinds import KINDS

LEARNABLE = [name for name in KINDS if find_spec(f"cli.learn.{name}")]
"""The kinds that have a recipe of learning: a module of their name in this folder."""

_ATTRIBUTES = {"as": "taken", "from": "start_from"}  # of the parsed arguments, where they differ from the option
_PIECE_ONLY = ("control", "resonances", "variants", "sites")


class KindOptions:
    """Options of several kinds on one parser."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._parser = parser
        self._actions: dict[str, argparse.Action] = {}

    def add(self, option: str, help: str = "", **keywords: Any) -> None:
        """Add an option, keywords as of `add_argument`; of one that another kind has added only the help is added."""
        if option not in self._actions:
            self._actions[option] = self._parser.add_argument(option, help=help, **keywords)
        elif help:
            action = self._actions[option]
            action.help = f"{action.help}, {help}"


def check(args: argparse.Namespace) -> None:
    """Raise ValueError for an option that the kind does not use."""
    for option in dict.fromkeys(option for kind in KINDS.values() for option in kind.learn_options):
        _check(args, option, [name for name, kind in KINDS.items() if option in kind.learn_options])
    if args.taken is not None:
        _check(args, "as", [name for name, kind in KINDS.items() if kind.learn_as])
        _check(args, f"as {args.taken}", [name for name, kind in KINDS.items() if args.taken in kind.learn_as])


def narrow_help(parser: argparse.ArgumentParser, name: str) -> None:
    """Show the options of a kind in the help of a parser, and not those that only others use."""
    kind = KINDS[name]
    used = {*kind.learn_options, *(["as"] if kind.learn_as else [])}
    of_kinds = {"as", *(option for each in KINDS.values() for option in each.learn_options)}
    parser.prog = f"{parser.prog} {name}"
    for action in parser._actions:
        if action.dest == "kind" or {option.lstrip("-") for option in action.option_strings} & (of_kinds - used):
            action.help = argparse.SUPPRESS
        if action.dest == "taken":
            action.choices = kind.learn_as


def check_notes(args: argparse.Namespace) -> None:
    """Raise ValueError for an option that only a piece can use."""
    for name in _PIECE_ONLY:
        if getattr(args, name) is not None:
            raise ValueError(f"--{name} is for a piece, and this is learned as notes (--as piece if it is one)")


def _check(args: argparse.Namespace, option: str, kinds: Sequence[str]) -> None:
    """Raise ValueError if an option is given that only other kinds use."""
    name = option.partition(" ")[0]
    if getattr(args, _ATTRIBUTES.get(name, name)) is not None and args.kind not in kinds:
        raise ValueError(f"--{option} is for {' or '.join(kinds)}, not for {args.kind}")
