"""The `luthier` command: run a sub-command, or open the window; print errors in one line.

Exit status: 0 done, 2 an error (one line on stderr), 130 stopped by Ctrl+C, 141 the output was closed (SIGPIPE).
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import engine
from engine.atomic_write import full_disk_line

from .printable_text import make_printable

COMMANDS = {
    "play": "play an instrument",
    "render": "play a MIDI file into a sound file",
    "transfer": "let an instrument follow the voice in a recording",
    "learn": "make an instrument from a recording",
    "decompose": "decompose a recording into the events of an instrument",
    "export": "write an instrument for other programs, or its room",
    "report": "make a page about an instrument with sounds and plots, for a browser",
    "presets": "list the instruments and patches that have a name",
    "show": "the facts about one instrument or patch",
    "devices": "audio devices and MIDI ports, and what is missing",
    "bench": "measure the engine on this machine",
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
            _drop_unwritten_output()
            return _print_error(full_disk_line(error) or str(error))
        return _print_error(
            f"a fault in luthier: {type(error).__name__}: {error}; LUTHIER_TRACEBACK=1 shows where", 1
        )
    return status


class Parser(argparse.ArgumentParser):
    """argparse with errors of one line that point to --help."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong with the arguments, and exit."""
        self.exit(_print_error(f"{message}; see `{self.prog} --help`"))


def _run(arguments: list[str]) -> int:
    """Run the sub-command, the only one that is imported; without one the window."""
    if not arguments or _are_files(arguments):
        return int(import_module("gui.app").run([Path(argument) for argument in arguments]))
    parser = Parser(
        prog="luthier", description="Turns recordings into instruments that you play. Without a command: the window.",
        usage="luthier [FILE ...] | luthier COMMAND ...",
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"luthier {engine.VERSION}")
    commands = parser.add_subparsers(prog="luthier", metavar="COMMAND", title="commands", parser_class=Parser)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        if arguments[:1] == [name]:
            module = import_module(f"cli.{name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    try:
        args, rest = parser.parse_known_args(arguments)
        if rest:
            commands.choices.get(arguments[0], parser).error(f"unrecognized arguments: {' '.join(rest)}")
    except SystemExit as done:
        return int(done.code or 0)
    if "run" not in args:
        parser.print_help()
        return 0
    return int(args.run(args))


def _are_files(arguments: list[str]) -> bool:
    """Whether the arguments are files to open rather than a command."""
    return arguments[0] not in COMMANDS and all(Path(argument).is_file() for argument in arguments)


def _drop_unwritten_output() -> None:
    """Let the output that has no room, as on a full disk, not be an error once more at the exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_error(message: str, status: int = 2) -> int:
    """Print an error in one line; the exit status."""
    line = " ".join(message.split())
    print("luthier: " + make_printable(line, "?"), file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
