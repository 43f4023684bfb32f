"""Settings under a name: a small JSON file that says which instrument it is of, and where its knobs stand.

The instrument is known by its content, and found again wherever it was moved to; its weights are never copied.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.preset import library
from engine.preset.preset_file import SUFFIX, PresetError, read

from . import config_store
from .patch import Chain, from_plain
from .user_message import INSTRUMENT_MISSING, NAME_TAKEN, NO_PATCH, Message

ENDING = ".json"
PLACES, MOST = "places", 50  # where instruments were opened from, and how many of them are remembered
MARK, VERSION = "luthier_setting", "1.0"


@dataclass(frozen=True)
class Saved:
    """The digest of an instrument and where it was, the knobs by name, and what stood beside it."""

    digest: str
    path: Path
    values: dict[str, float]
    chain: Chain = field(default_factory=Chain)


class Missing(PresetError):
    """The instrument of a setting cannot be found by its content."""

    def __init__(self, path: Path, saved: Saved) -> None:
        super().__init__(Message(INSTRUMENT_MISSING, path.stem, saved.path.stem))
        self.digest = saved.digest


def is_saved(path: Path) -> bool:
    """Whether a file should be one of these."""
    return path.suffix.lower() == ENDING


def everything() -> dict[str, Path]:
    """The file of every saved setting by name."""
    return {path.stem: path for path in sorted(library.user_folder().glob("*" + ENDING))}


def destination(name: str) -> Path:
    """Where a setting of this name goes. PresetError if that is no name, or another instrument has it."""
    path = library.destination(name)
    if path.suffix != SUFFIX or name in library.everything() or name in everything():
        raise PresetError(Message(NAME_TAKEN, name))
    return path.with_suffix(ENDING)


def write(path: Path, saved: Saved) -> None:
    """Write a setting, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    model = {"digest": saved.digest, "path": str(saved.path)}
    plain = {MARK: VERSION, "model": model, "parameters": saved.values, "row": saved.chain.plain()}
    draft.write_text(json.dumps(plain, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(draft, path)


def load(path: Path) -> Saved:
    """A setting that was written. PresetError says in one line what is wrong with it."""
    try:
        plain: Any = json.loads(path.read_text(encoding="utf-8"))
        model, values = plain["model"], plain["parameters"]
        assert plain[MARK].partition(".")[0] == VERSION.partition(".")[0]
        knobs = {str(name): float(value) for name, value in values.items()}
        return Saved(str(model["digest"]), Path(model["path"]), knobs, from_plain(plain.get("row")))
    except OSError as error:
        raise PresetError(f"{path.name}: {error.strerror or error}") from None
    except (ValueError, TypeError, KeyError, AttributeError, AssertionError):
        raise PresetError(Message(NO_PATCH, path.name)) from None


def remember(path: Path) -> None:
    """Look for instruments of settings here as well, from now on; in the program's own folders one looks anyway."""
    known = elsewhere()
    if path.absolute() not in known and path.parent not in (library.factory_folder(), library.user_folder()):
        config_store.keep(PLACES, {"paths": [str(each) for each in [path.absolute(), *known][:MOST]]})


def elsewhere() -> list[Path]:
    """Where instruments were opened from that are not in the program's own folders; some may be gone."""
    paths = config_store.recall(PLACES).get("paths")
    return [Path(each) for each in paths if isinstance(each, str)] if isinstance(paths, list) else []


def model(path: Path, saved: Saved) -> Path:
    """The file of the instrument: where it was, or wherever its content is now. Missing names what is not there."""
    for place in (saved.path, path.with_name(saved.path.name), *library.everything().values(), *elsewhere()):
        try:
            if place.is_file() and read(place).digest == saved.digest:
                return place
        except PresetError:
            continue
    raise Missing(path, saved)
