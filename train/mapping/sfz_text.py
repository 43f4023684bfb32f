"""The text of an SFZ file as headers and opcodes: comments, `#define` and `#include` are resolved."""

import re
from collections.abc import Iterator
from pathlib import Path

from .region import MappingError, find_file, read_text

MAX_INCLUDE_DEPTH = 32
MAX_OPCODES, MAX_INCLUDES = 1_000_000, 10_000
"""Opcodes of a mapping, with all that it includes, and files that it includes."""
MAX_LINE_CHARACTERS = 100_000
"""Length of a line with its macros replaced."""

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|(?:(?<=[\s>])|^)//[^\n]*", re.DOTALL | re.MULTILINE)
_TOKEN = re.compile(
    r'#define\s+\$(?P<macro>\w+)\s+(?P<value>\S+)|#include\s*"(?P<include>[^"]+)"|<(?P<header>\w+)>|(?P<opcode>[^\s=<]+)='
)
_VALUE_END = re.compile(r"\s#(?:define|include)\b|\s*<\w+>|\s+[A-Za-z_]\w*=")
_PATHS = ("sample", "default_path")  # opcodes whose values may contain //
_MACRO = re.compile(r"(#define\s+)?\$(\w+)")


class SfzText:
    """Reader of one SFZ file. missing: files that it includes and that are not there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.missing: list[str] = []
        self._macros: dict[str, str] = {}
        self._count, self._includes = 0, 0

    def __iter__(self) -> Iterator[tuple[str, str | None]]:
        """Yield headers as (name, None) and opcodes as (name, value), in lower case but for values.

        MappingError if a file cannot be read, or includes itself.
        """
        yield from self._read(self.path, 0)

    def _read(self, path: Path, depth: int) -> Iterator[tuple[str, str | None]]:
        if depth > MAX_INCLUDE_DEPTH:
            raise MappingError(f"{self.path.name} includes files in a circle: {path.name}")
        text = _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), read_text(path).replace("\r", "\n"))
        for line in text.split("\n"):
            yield from self._read_line(line, path, depth)

    def _read_line(self, line: str, path: Path, depth: int) -> Iterator[tuple[str, str | None]]:
        line, position = self._expanded(line), 0
        while found := _TOKEN.search(line, position):
            position = found.end()
            if found["macro"]:
                self._macros[found["macro"]] = found["value"]
                line = line[:position] + self._expanded(line[position:])
            elif found["include"]:
                yield from self._include(found["include"], path, depth)
            elif found["header"]:
                yield found["header"].lower(), None
            else:
                end = _VALUE_END.search(line, position)
                value = line[position : end.start() if end else None].strip()
                opcode = self._counted(found["opcode"].lower())
                yield opcode, value if opcode in _PATHS else value.partition("//")[0].strip()
                position = end.start() if end else len(line)

    def _include(self, name: str, path: Path, depth: int) -> Iterator[tuple[str, str | None]]:
        """Read a file that is named relative to the first one, or else to the one that includes it."""
        file = find_file(self.path.parent, name) or find_file(path.parent, name)
        self._includes += 1
        if self._includes > MAX_INCLUDES:
            raise MappingError(f"{self.path.name} includes more than {MAX_INCLUDES} files")
        if file:
            yield from self._read(file, depth + 1)
        else:
            self.missing.append(name)

    def _counted(self, opcode: str) -> str:
        self._count += 1
        if self._count > MAX_OPCODES:
            raise MappingError(f"{self.path.name} has more than {MAX_OPCODES} opcodes: it includes too much")
        return opcode

    def _expanded(self, line: str) -> str:
        """A line with its macros replaced, each by the longest name that is defined."""
        expanded = _MACRO.sub(self._replacement, line) if "$" in line else line
        if len(expanded) > MAX_LINE_CHARACTERS:
            raise MappingError(f"{self.path.name} has a line of more than {MAX_LINE_CHARACTERS} characters")
        return expanded

    def _replacement(self, found: re.Match[str]) -> str:
        name = found[2]
        if not found[1]:
            for length in range(len(name), 0, -1):
                if name[:length] in self._macros:
                    return self._macros[name[:length]] + name[length:]
        return found.group()
