"""The first word of the command where it is no sub-command: an instrument, an option, `help`, or a mistake."""

from pathlib import Path

from engine.foreign import is_foreign
from engine.preset import library, preset_file
from engine.preset.instrument_name import matching_name, similar_names
from session import patch_file, patch_lookup

from .command_parser import COMMANDS, HELP_OPTIONS


def complete(arguments: list[str]) -> list[str]:
    """The arguments with a sub-command before them, `play` for an instrument. ValueError (one line) for mistakes.

    Options alone, and those with no word that is a command or an instrument, stay as they are.
    """
    word, *others = arguments
    path = Path(word)
    if set(HELP_OPTIONS) & set(others) and path.is_file() and not _is_instrument(word):
        return ["--help"]
    if word.startswith("-") and word != "-":
        return _with_command_first(arguments)
    if _is_instrument(word):
        score = next((other for other in others if other.lower().endswith((".mid", ".midi", ".json"))), None)
        if score is not None:
            raise ValueError(f"a score is played into a file: luthier render {word} {score} -o OUT.wav")
        return ["play", *arguments]
    if word == "help" and not path.exists():
        unknown = next((other for other in others if other not in COMMANDS), None)
        if unknown is not None:
            raise ValueError(_unknown(unknown))
        return [*others, "--help"]
    if path.is_dir():
        raise ValueError(
            f"{word} is a folder: `luthier learn KIND {word} -o NAME` makes an instrument of its recordings"
        )
    if not _is_path(word) and not path.is_file():
        raise ValueError(_unknown(word))
    missing = next((other for other in arguments if _is_path(other) and not Path(other).is_file()), None)
    if missing is not None:
        raise ValueError(f"there is no file {missing!r}")
    raise ValueError(
        f"{word} opens in the window without options: luthier {word}; `luthier --help` lists the commands"
    )


def _with_command_first(arguments: list[str]) -> list[str]:
    """The arguments with the first word before them that is a sub-command, or `play` before an instrument."""
    command = next((word for word in arguments if word in COMMANDS), None)
    if command is not None:
        place = arguments.index(command)
        return [command, *arguments[:place], *arguments[place + 1 :]]
    return ["play", *arguments] if any(map(_is_instrument, arguments)) else arguments


def _is_instrument(word: str) -> bool:
    """Whether a word is the name of an instrument, a patch or a foreign plugin, or the path of one that exists."""
    if matching_name(word, patch_lookup.all_paths()) is not None or is_foreign(word):
        return True
    suffixes = (preset_file.SUFFIX, library.ONNX_SUFFIX)
    return Path(word).is_file() and (word.lower().endswith(suffixes) or patch_file.is_patch(Path(word)))


def _is_path(word: str) -> bool:
    """Whether a word means a file rather than a name or an option."""
    return not word.startswith("-") and ("/" in word or "\\" in word or bool(Path(word).suffix))


def _unknown(word: str) -> str:
    """The error for a word that is nothing, with those that are like it."""
    near = similar_names(word, [*COMMANDS, *patch_lookup.all_paths()])
    hint = "`luthier --help` lists the commands, `luthier presets` the instruments"
    if near:
        hint = f"did you mean {' or '.join(near)}?"
    return f"there is no command or instrument {word!r}: {hint}"
