"""The `luthier` command: find the sub-command, or open the window; say errors in one line.

Exit status: 0 done, 2 an error (one line on stderr), 130 stopped by Ctrl+C, 141 nobody reads the output any more.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import engine

from .terminal import plain

COMMANDS = {
    "play": "play an instrument",
    "render": "play a MIDI file into a sound file",
    "transfer": "let an instrument play what a voice sings in a recording",
    "learn": "make an instrument from a recording",
    "decompose": "take a recording apart into the events of an instrument",
    "export": "write an instrument for other programs, or its room",
    "report": "make a page about an instrument, to be heard and seen in a browser",
    "presets": "list the instruments that have a name",
    "show": "what is known about one instrument",
    "devices": "audio devices and MIDI ports, and what is missing",
    "bench": "what the engine costs on this machine",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status."""
    try:
        status = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("LUTHIER_TRACEBACK"):
            raise
        if isinstance(error, ValueError | OSError):
            return _fail(str(error))
        return _fail(f"a fault in luthier: {type(error).__name__}: {error}; LUTHIER_TRACEBACK=1 shows where", 1)
    return status


class Parser(argparse.ArgumentParser):
    """argparse, with errors of one line that say where help is."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the words, and leave."""
        self.exit(_fail(f"{message}; see `{self.prog} --help`"))


def _run(words: list[str]) -> int:
    """Hand the words over to their sub-command; only that one is imported. Without one, the window opens."""
    if not words or _are_files(words):
        return int(import_module("cli.window").run(words))
    parser = Parser(
        prog="luthier", description="Turns recordings into instruments that you play. Without a command: the window.",
        usage="luthier [FILE ...] | luthier COMMAND ...",
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"luthier {engine.VERSION}")
    commands = parser.add_subparsers(prog="luthier", metavar="COMMAND", title="commands", parser_class=Parser)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary.capitalize() + ".")
        if words[:1] == [name]:
            module = import_module(f"cli.{name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    try:
        args, rest = parser.parse_known_args(words)
        if rest:
            commands.choices.get(words[0], parser).error(f"unrecognized arguments: {' '.join(rest)}")
    except SystemExit as done:
        return int(done.code or 0)
    if "run" not in args:
        parser.print_help()
        return 0
    return int(args.run(args))


def _are_files(words: list[str]) -> bool:
    """Whether the words are files to be opened rather than a command."""
    return words[0] not in COMMANDS and all(Path(word).is_file() for word in words)


def _fail(message: str, status: int = 2) -> int:
    """Say an error in one line; the exit status."""
    line = " ".join(message.split())
    print("luthier: " + plain(line, "?"), file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
