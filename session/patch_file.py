"""Saved patches: small JSON files with the digest of an instrument, parameter values and a chain.

The instrument is known by the digest of its content and found wherever it was moved to; its weights are never copied.
"""

import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.atomic_write import write_text
from engine.foreign import is_foreign
from engine.preset import library, preset_file
from engine.preset.preset_file import PresetError

from . import config_store
from .patch import Chain, chain_from_json
from .translatable_message import INSTRUMENT_MISSING, NAME_TAKEN, NOT_A_PATCH, Message, of_error

PATCH_SUFFIX = ".json"
PATHS_FILE, MAX_PATHS = "places", 50  # the paths that instruments were opened from
FORMAT_KEY, VERSION = "luthier_setting", "1.0"


@dataclass(frozen=True)
class SavedPatch:
    """The content of a file: digest and last path of the instrument, parameter values by name, chain."""

    digest: str
    path: Path
    values: dict[str, float]
    chain: Chain = field(default_factory=Chain)


class MissingInstrument(PresetError):
    """The instrument of a patch cannot be found by its digest."""

    def __init__(self, path: Path, saved: SavedPatch) -> None:
        super().__init__(Message(INSTRUMENT_MISSING, path.stem, saved.path.stem))
        self.digest = saved.digest


def is_patch(path: Path) -> bool:
    """Whether a path has the suffix of a saved patch."""
    return path.suffix.lower() == PATCH_SUFFIX


def all_patches() -> dict[str, Path]:
    """The path of every saved patch by name."""
    return {path.stem: path for path in sorted(library.user_folder().glob("*" + PATCH_SUFFIX))}


def destination(name: str) -> Path:
    """The path for a patch of this name; one may be there. PresetError if it is no name, or an instrument's."""
    path = library.file_of_name(name, PATCH_SUFFIX)
    if path.stem in library.all_presets():
        raise PresetError(Message(NAME_TAKEN, path.stem))
    return path


def free_name(name: str) -> str:
    """The name, or the first of those with a number behind it, that neither instrument nor patch nor run has."""
    runs = {path.stem for path in library.user_folder().glob("*" + library.LEARNING_SUFFIX)}
    known = {*library.all_presets(), *all_patches(), *runs}
    names = itertools.chain([name], (f"{name} {number}" for number in itertools.count(2)))
    return next(each for each in names if each not in known)


def write(path: Path, saved: SavedPatch) -> None:
    """Write a patch, whole or not at all. OSError with the path."""
    instrument = {"digest": saved.digest, "path": str(saved.path)}
    plain = {FORMAT_KEY: VERSION, "model": instrument, "parameters": saved.values, "row": saved.chain.plain()}
    try:
        write_text(path, json.dumps(plain, ensure_ascii=False, indent=1))
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from None  # not that of the draft


def read(path: Path) -> SavedPatch:
    """Read a patch. PresetError says in one line what is wrong with it."""
    try:
        plain: Any = json.loads(path.read_text(encoding="utf-8"))
        instrument, values = plain["model"], plain["parameters"]
        assert plain[FORMAT_KEY].partition(".")[0] == VERSION.partition(".")[0]
        numbers = {str(name): float(value) for name, value in values.items()}
        chain = chain_from_json(plain.get("row"))
        return SavedPatch(str(instrument["digest"]), Path(instrument["path"]), numbers, chain)
    except OSError as error:
        raise PresetError(of_error(error)) from None
    except (ValueError, TypeError, KeyError, AttributeError, AssertionError, RecursionError):
        raise PresetError(Message(NOT_A_PATCH, path.name)) from None


def remember_path(path: Path) -> None:
    """Add a path to those searched for the instruments of patches, unless it is in the program's own folders."""
    known = remembered_paths()
    own = (library.factory_folder(), library.user_folder())
    if not is_foreign(path) and path.absolute() not in known and path.parent not in own:
        config_store.save(PATHS_FILE, {"paths": [str(each) for each in [path.absolute(), *known][:MAX_PATHS]]})


def remembered_paths() -> list[Path]:
    """Paths outside the program's own folders that instruments were opened from; some may be gone."""
    paths = config_store.load(PATHS_FILE).get("paths")
    return [Path(each) for each in paths if isinstance(each, str)] if isinstance(paths, list) else []


def find_instrument(path: Path, saved: SavedPatch) -> Path:
    """The file of a patch's instrument: its last path, or any other with this digest. MissingInstrument if none.

    A foreign one has no digest: it is known by its name.
    """
    if is_foreign(saved.path):
        return saved.path
    for place in (saved.path, path.with_name(saved.path.name), *library.all_presets().values(), *remembered_paths()):
        try:
            if place.is_file() and preset_file.read(place).digest == saved.digest:
                return place
        except PresetError:
            continue
    raise MissingInstrument(path, saved)
