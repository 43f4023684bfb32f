"""luthier completion SHELL: the completion of commands, options, instruments and files for a shell, to be sourced."""

import argparse
from collections.abc import Sequence

from .command_parser import COMMANDS, Parser, import_command, root_parser

SHELLS = ("bash", "zsh", "fish")
EXAMPLE = (
    'bash: eval "$(luthier completion bash)" in ~/.bashrc; zsh: the same with zsh in ~/.zshrc, after compinit; '
    "fish: luthier completion fish > ~/.config/fish/completions/luthier.fish"
)
INSTRUMENTS = {
    "bash": "_luthier_instruments_and_files",
    "zsh": "_luthier_instruments_and_files",
    "fish": "(luthier presets --names 2>/dev/null; __fish_complete_path (commandline -ct))",
    "preamble": {
        "bash": """\
_luthier_instruments_and_files() {
  local name
  "${COMP_WORDS[0]}" presets --names 2>/dev/null | while IFS= read -r name; do
    [[ $name == "$1"* ]] && printf '%s\\n' "$name"
  done
  compgen -f -- "$1"
}
""",
        "zsh": """\
_luthier_instruments_and_files() {
  local -a names
  names=("${(@f)$(luthier presets --names 2>/dev/null)}")
  compadd "$@" -a names
  _files
}
""",
    },
}
"""A completer, as shtab has them. Names are compared, never evaluated; bash quotes what a `_file` function gives."""

INSTRUMENT_ARGUMENTS = ("preset", "room", "start_from")  # where the parsed argument is stored
FILE_METAVARS = ("FILE", "OUT", "RECORDING", "VOICE")  # and those with a suffix, such as SCORE.mid


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the shell."""
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=f"{', '.join(SHELLS[:-1])} or {SHELLS[-1]}")
    parser.epilog = EXAMPLE


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    try:
        import shtab
    except ImportError:
        raise ValueError("completion needs shtab: pip install shtab") from None
    print(shtab.complete(_whole_parser(), args.shell))
    return 0


def _whole_parser() -> Parser:
    """The parser of the command with the arguments of every sub-command, which say how they are completed."""
    parser, parsers = root_parser()
    for name in COMMANDS:
        module = import_command(name)
        module.add_arguments(parsers[name])
        words = getattr(module, "COMPLETED_WORDS", {})
        for action in parsers[name]._actions:
            _set_completion(action, words.get(str(action.metavar)))
    return parser


def _set_completion(action: argparse.Action, words: Sequence[str] | None) -> None:
    """Let shtab complete an argument by words, as an instrument or as a file, unless it knows its choices."""
    from shtab import FILE

    metavar = str(action.metavar or "")
    if words is not None:
        action.choices = words
    elif action.nargs == 0 or action.choices:
        return
    elif action.dest in INSTRUMENT_ARGUMENTS:
        action.complete = INSTRUMENTS  # type: ignore[attr-defined]  # shtab reads it
    elif metavar in FILE_METAVARS or "." in metavar:
        action.complete = FILE  # type: ignore[attr-defined]  # shtab reads it
