"""The library of presets: the factory folder beside the program, and the user's in the platform's data folder."""

import os
from pathlib import Path

from platformdirs import user_data_path

import presets

from .instrument_name import OTHER_SUFFIXES, check_name, matching_name, similar_names
from .preset_file import SUFFIX, PresetError

ONNX_SUFFIX = ".onnx"  # of a decoder made by another program
LEARNING_SUFFIX = ".learning"  # of the folder beside an instrument, with what learning needs to go on


def factory_folder() -> Path:
    """The folder of the presets that come with the program; never written to."""
    return Path(str(presets.__file__)).parent


def user_folder() -> Path:
    """The folder of the user's own presets; it may not exist yet."""
    return user_data_path("luthier", appauthor=False) / "presets"


def find(preset: str | os.PathLike[str]) -> Path:
    """The file of a preset given by name or path; a user's preset comes before the factory's of the same name.

    PresetError with similar names if there is none.
    """
    if _is_path(preset) or str(preset).lower().endswith(ONNX_SUFFIX):
        path = Path(preset)
        if path.exists():
            return path
        raise PresetError(f"there is no file {str(preset)!r}; `luthier presets` lists what has a name")
    known = all_presets()
    name = matching_name(str(preset), known)
    if name is not None:
        return known[name]
    if Path(preset).is_file():
        raise PresetError(f"{preset} is no instrument: the name of an instrument's file ends in {SUFFIX}")
    close = similar_names(str(preset), known)
    hint = f"did you mean {' or '.join(close)}?" if close else "`luthier presets` lists them"
    raise PresetError(f"there is no instrument called {str(preset)!r}: {hint}")


def all_presets() -> dict[str, Path]:
    """The file of every preset by name, in alphabetical order; nothing is opened."""
    found: dict[str, Path] = {}
    for folder in (factory_folder(), user_folder()):
        if folder.is_dir():
            found |= {path.stem: path for path in folder.glob("*" + SUFFIX) if not path.name.startswith(".")}
    return dict(sorted(found.items()))


def is_factory(path: Path) -> bool:
    """Whether a preset came with the program."""
    return path.parent.resolve() == factory_folder().resolve()


def destination(preset: str | os.PathLike[str]) -> Path:
    """The file to write a preset to: a path as it is, a name into the user's folder, which is made if need be.

    PresetError if the name is not valid, or the file would be one of the factory's.
    """
    if not _is_path(preset):
        return file_of_name(str(preset))
    path = Path(preset)
    if path.suffix.lower() in OTHER_SUFFIXES:
        raise PresetError(f"{path.name}: the name of an instrument's file ends in {SUFFIX}")
    if path.suffix != SUFFIX and not path.is_dir():
        path = path.with_name(path.name + SUFFIX)
    if is_factory(path):
        raise PresetError(f"{path.name}: factory instruments are read-only; give a name, or a path elsewhere")
    return path


def file_of_name(name: str, suffix: str = SUFFIX) -> Path:
    """The file of a name, never taken for a path, in the user's folder, which is made if need be.

    A file of this name that is there in another form of Unicode is the same. PresetError if it is no name, or the
    folder cannot be made.
    """
    folder = user_folder()
    file_name = check_name(name, folder, suffix, (LEARNING_SUFFIX,) if suffix == SUFFIX else ()) + suffix
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return folder / (matching_name(file_name, os.listdir(folder)) or file_name)
    except OSError as error:
        raise PresetError(f"the folder {folder} cannot be made: {error.strerror or error}") from None


def _is_path(preset: str | os.PathLike[str]) -> bool:
    """Whether a word means a file rather than a name."""
    text = os.fspath(preset)
    return not isinstance(preset, str) or text.endswith(SUFFIX) or "/" in text or os.sep in text
