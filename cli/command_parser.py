"""The parsers of the command: one of the whole, and one of each sub-command, whose module alone is imported."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import engine

from .printable_text import make_printable

COMMANDS = {
    "play": "play an instrument",
    "render": "play a MIDI file into a sound file",
    "transfer": "let an instrument follow the voice in a recording",
    "learn": "make an instrument from a recording",
    "decompose": "decompose a recording into the events of an instrument",
    "export": "write an instrument for other programs, or its room",
    "serve": "serve pages that play instruments to the browsers of this machine",
    "report": "make a page about an instrument with sounds and plots, for a browser",
    "presets": "list the instruments and patches that have a name",
    "plugins": "list the CLAP and LV2 plugins that are installed",
    "show": "the facts about one instrument or patch",
    "devices": "audio devices and MIDI ports, and what is missing",
    "bench": "measure the engine on this machine",
    "completion": "the completion of this command for a shell",
}
HELP_OPTIONS = ("-h", "--help")


class Parser(argparse.ArgumentParser):
    """argparse with options anywhere among the arguments, and errors of one line that point to --help."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong with the arguments, and exit."""
        self.exit(print_error(f"{message}; see `{self.prog} --help`"))

    def parse_words(self, words: Sequence[str]) -> argparse.Namespace:
        """Parse options and arguments in any order; what follows `--` are arguments, whatever they begin with.

        argparse alone takes an optional argument for missing once an option stands before it. SystemExit for errors
        and --help.
        """
        options, arguments, unknown = self.sort(words)
        if unknown and not set(HELP_OPTIONS) & set(options):
            self.error(f"unrecognized arguments: {' '.join(unknown)}{self._hint(unknown[0])}")
        args, rest = self.parse_known_args([*options, "--", *arguments] if arguments else options)
        if rest:
            self.error(f"unrecognized arguments: {' '.join(word for word in rest if word != '--')}")
        return args

    def sort(self, words: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
        """Options with their values, arguments, and those of the options that are unknown; each in their order."""
        options: list[str] = []
        arguments: list[str] = []
        unknown: list[str] = []
        rest = iter(words)
        for word in rest:
            if word == "--":
                arguments += rest
            elif not _is_option(word):
                arguments.append(word)
            else:
                option, is_complete = self._option(word)
                unknown += [] if option else [word]
                takes_value = bool(option) and self._option_string_actions[option].nargs != 0
                options += [word, *islice(rest, int(takes_value and not is_complete))]
        return options, arguments, unknown

    def _option(self, word: str) -> tuple[str, bool]:
        """The option that a word means, perhaps abbreviated, or ""; whether its value stands in the same word."""
        name, equals, _ = word.partition("=")
        if name in self._option_string_actions:
            return name, bool(equals)
        if word[:2] in self._option_string_actions:  # -oOUT.wav
            return word[:2], True
        begun_alike = [option for option in self._option_string_actions if option.startswith(name)]
        return (begun_alike[0] if begun_alike and name.startswith("--") else ""), bool(equals)

    def _hint(self, word: str) -> str:
        """What may have been meant by an unknown option, to follow the error."""
        if Path(word).exists():
            return f": for the file say ./{word}"
        import difflib  # only for errors

        near = difflib.get_close_matches(word.partition("=")[0], self._option_string_actions, n=1)
        return f": did you mean {near[0]}?" if near else ""


def root_parser() -> tuple[Parser, dict[str, Parser]]:
    """The parser of the whole command, with one of each sub-command that knows nothing yet."""
    parser = Parser(
        prog="luthier", description="Turns recordings into instruments that you play. Without a command: the window.",
        usage="luthier [FILE ...] | luthier INSTRUMENT ... | luthier COMMAND ...",
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"luthier {engine.VERSION}")
    commands = parser.add_subparsers(prog="luthier", metavar="COMMAND", title="commands", parser_class=Parser)
    parsers = {
        name: commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        for name, summary in COMMANDS.items()
    }
    return parser, parsers


def import_command(name: str) -> ModuleType:
    """The module of a sub-command, with `add_arguments(parser)`, `run(args)`, and perhaps more.

    `narrow_help(parser, arguments)` hides what does not go with the arguments. `COMPLETED_WORDS` are the words that a
    shell completes an argument by, under its metavar.
    """
    return import_module(f"cli.{name}")


def print_error(message: str, status: int = 2) -> int:
    """Print an error in one line; the exit status."""
    line = " ".join(message.split())
    print("luthier: " + make_printable(line, "?"), file=sys.stderr)
    return status


def _is_option(word: str) -> bool:
    """Whether a word is an option as argparse sees it: no number, no lone dash, and without a space in its name."""
    if not word.startswith("-") or word == "-" or " " in word.partition("=")[0]:
        return False
    try:
        float(word)
    except ValueError:
        return True
    return False
