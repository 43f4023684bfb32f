"""The `luthier` command: run a sub-command, or open the window; print errors in one line.

Exit status: 0 done, 2 an error (one line on stderr), 130 stopped by Ctrl+C, 141 the output was closed (SIGPIPE).
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from engine.atomic_write import error_line

from .command_parser import COMMANDS, HELP_OPTIONS, import_command, print_error, root_parser


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
            return print_error(error_line(error))
        return print_error(f"a fault in luthier: {type(error).__name__}: {error}; LUTHIER_TRACEBACK=1 shows where", 1)
    return status


def _run(arguments: list[str]) -> int:
    """Run the sub-command, the only one that is imported; without one play an instrument, or open the window."""
    if not arguments or _are_files(arguments):
        return int(import_module("gui.app").run([Path(argument) for argument in arguments]))
    is_option = arguments[0].startswith("-") and arguments[0] != "-"
    if arguments[0] not in COMMANDS and (len(arguments) > 1 or not is_option):
        arguments = import_module("cli.first_word").complete(arguments)
    try:
        return _run_command(arguments[0], arguments[1:]) if arguments[0] in COMMANDS else _run_root(arguments)
    except SystemExit as done:
        return int(done.code or 0)


def _run_command(name: str, words: list[str]) -> int:
    """Run a sub-command; SystemExit for errors in its words and for --help."""
    module, parser = import_command(name), root_parser()[1][name]
    module.add_arguments(parser)
    options, arguments, _ = parser.sort(words)
    if set(HELP_OPTIONS) & set(options) and hasattr(module, "narrow_help"):
        module.narrow_help(parser, arguments)
    return int(module.run(parser.parse_words(words)))


def _run_root(words: list[str]) -> int:
    """Print the help or the version."""
    parser, _ = root_parser()
    parser.parse_words(words)
    parser.print_help()
    return 0


def _are_files(arguments: list[str]) -> bool:
    """Whether the arguments are files to open rather than a command."""
    return arguments[0] not in COMMANDS and all(Path(argument).is_file() for argument in arguments)


def _drop_unwritten_output() -> None:
    """Let the output that has no room, as on a full disk, not be an error once more at the exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
