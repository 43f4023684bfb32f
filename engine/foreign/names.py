"""Names of plugins: which format, file and identifier a word of the user means."""

import re
from dataclasses import dataclass
from enum import StrEnum
from os import PathLike, fspath
from pathlib import PurePath

from engine.plugin.external import PluginError, is_library

LV2_PREFIX = "lv2:"
CLAP_SUFFIX = ".clap"
ID_MARK = "#"
_ONE_SLASH = re.compile(r"^(https?|file):/(?!/)")


class Format(StrEnum):
    """How a plugin is made: a format of hosts in general, a C library for Luthier, or a Python package."""

    LV2 = "lv2"
    CLAP = "clap"
    LIBRARY = "library"
    PACKAGE = "package"


@dataclass(frozen=True)
class PluginName:
    """A plugin: its format, its place, and its identifier among those of one file (empty: the only one).

    place: a path, the URI of an LV2 plugin, or the name of a package.
    """

    format: Format
    place: str
    id: str = ""

    @property
    def title(self) -> str:
        """A short name, where that of the plugin is not known: the end of its URI or identifier, or its file."""
        if self.format is Format.LV2:
            return re.split(r"[/#:]", self.place.rstrip("/#:"))[-1]
        return self.id.rpartition(".")[2] or PurePath(self.place).stem

    def __str__(self) -> str:
        """What `parse` takes."""
        prefix = LV2_PREFIX if self.format is Format.LV2 else ""
        return f"{prefix}{self.place}{ID_MARK + self.id if self.id else ''}"


def parse(name: str | PathLike[str]) -> PluginName:
    """Which plugin is meant: lv2:URI, FILE.clap, FILE.clap#ID, a C library, or else a package. PluginError.

    A URI that was a path meanwhile has its two slashes again.
    """
    text = fspath(name)
    if text.lower().startswith(LV2_PREFIX):
        uri = _ONE_SLASH.sub(r"\1://", text[len(LV2_PREFIX) :].strip())
        if not uri:
            raise PluginError(f"{text} names no plugin: say lv2:URI, as lv2:http://drobilla.net/plugins/mda/Piano")
        return PluginName(Format.LV2, uri)
    if text.lower().endswith(CLAP_SUFFIX):
        return PluginName(Format.CLAP, text)
    place = text.lower().rfind(CLAP_SUFFIX + ID_MARK)
    if place >= 0:
        end = place + len(CLAP_SUFFIX)
        return PluginName(Format.CLAP, text[:end], text[end + len(ID_MARK) :])
    return PluginName(Format.LIBRARY if is_library(text) else Format.PACKAGE, text)


def is_foreign(name: str | PathLike[str]) -> bool:
    """Whether a name means a plugin of a format of hosts in general."""
    text = fspath(name).lower()
    return text.startswith(LV2_PREFIX) or text.endswith(CLAP_SUFFIX) or CLAP_SUFFIX + ID_MARK in text
