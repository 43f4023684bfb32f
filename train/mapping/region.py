"""Regions of a mapping: recordings with the keys and velocities at which they sound; and the mapping as a whole."""

import codecs
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

MAX_NAMED_KINDS = 4
"""Kinds of opcodes, or files, that a message names."""

UNPLAYED = "no key plays them"
"""Why a region is left out that has no keys or no velocities."""


class MappingError(ValueError):
    """A mapping that cannot be used; the text is one line for the user."""


@dataclass(frozen=True)
class Region:
    """A recording and where it sounds. low_key to high_key, low_velocity to high_velocity: MIDI.

    centre: MIDI key at which it sounds at its own pitch, None if that is not said.
    cents, decibels, pan (−1…1): by which it is tuned, amplified and moved. first, last: frames, None: to the end.
    take: number of a take in a round robin. is_release: whether it sounds when a key is released.
    velocity_tracking: share 0…1 by which the velocity sets its gain.
    """

    path: Path
    low_key: int = 0
    high_key: int = 127
    centre: int | None = None
    low_velocity: int = 0
    high_velocity: int = 127
    cents: float = 0.0
    decibels: float = 0.0
    pan: float = 0.0
    first: int = 0
    last: int | None = None
    take: int = 1
    is_release: bool = False
    velocity_tracking: float = 1.0


@dataclass
class Mapping:
    """The regions of a mapping. passed_over: how often each opcode that is not needed; left_out: regions, by why.

    missing: files that are not there.
    """

    path: Path
    regions: list[Region] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)

    @property
    def attacks(self) -> list[Region]:
        """The regions that sound when a key is struck."""
        return [region for region in self.regions if not region.is_release]

    def add(self, region: Region) -> None:
        """Add a region, if a key can play it."""
        if region.low_key <= region.high_key and region.low_velocity <= region.high_velocity:
            self.regions.append(region)
        else:
            self.left_out[UNPLAYED] += 1

    def add_missing(self, name: str) -> None:
        """Note that a file is not there."""
        if name not in self.missing:
            self.missing.append(name)

    def messages(self) -> list[str]:
        """What was left out, for the user."""
        name = self.path.name
        releases = len(self.regions) - len(self.attacks)
        found = [f"{name}: {count} regions are left out: {why}." for why, count in self.left_out.items()]
        if releases:
            found.append(f"{name}: {releases} regions are left out: they sound when a key is released.")
        if self.missing:
            found.append(f"{name}: {len(self.missing)} files are not there: {_some(self.missing)}.")
        if self.passed_over:
            kinds = _some([f"{opcode} {count}×" for opcode, count in self.passed_over.most_common()])
            found.append(f"{name}: {self.passed_over.total()} settings that learning does not need: {kinds}.")
        return found


def find_file(folder: Path, name: str) -> Path | None:
    """A file by its name in a mapping, with slashes, letters and accents of either kind; None if it is not there."""
    path = folder / name.replace("\\", "/")
    try:
        return path if path.is_file() else _find_in_other_case(path)
    except (OSError, ValueError):  # a name that no file can have
        return None


def read_text(path: Path) -> str:
    """The text of a mapping. MappingError if it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MappingError(f"{path} cannot be read: {error.strerror or error}") from None
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16", errors="replace")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _find_in_other_case(path: Path) -> Path | None:
    found = Path(path.anchor)
    for part in path.parts[len(found.parts) :]:
        if part == ".." or (found / part).exists():
            found = found / part
            continue
        inside = [each for each in found.iterdir() if _letters(each.name) == _letters(part)]
        if not inside:
            return None
        found = inside[0]
    return found if found.is_file() else None


def _letters(name: str) -> str:
    """A name without what systems write differently: case, and letters with their accents in one or in two."""
    return unicodedata.normalize("NFC", name).casefold()


def _some(names: list[str]) -> str:
    more = f" and {len(names) - MAX_NAMED_KINDS} more" if len(names) > MAX_NAMED_KINDS else ""
    return ", ".join(names[:MAX_NAMED_KINDS]) + more
