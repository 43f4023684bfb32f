"""Instruments and saved patches by name or path, and the patch that a file holds."""

from dataclasses import replace
from os import PathLike
from pathlib import Path

from engine.foreign import is_foreign
from engine.preset import library
from engine.preset.instrument_name import matching_name
from engine.preset.preset_file import PresetError

from . import patch_bundle, patch_file
from .patch import Patch


def find(name: str | PathLike[str]) -> Path:
    """The file of an instrument or of a saved patch, given by name or path. PresetError if there is none.

    The name of a foreign plugin, as `engine.foreign.parse` takes it, is its own path.
    """
    path = Path(name)
    if is_foreign(name):
        return path
    if patch_file.is_patch(path):
        if path.is_file():
            return path
        raise PresetError(f"there is no file {str(name)!r}; `luthier presets` lists what has a name")
    patches = patch_file.all_patches()
    patch = matching_name(str(name), patches)
    if patch is not None and matching_name(str(name), library.all_presets()) is None:
        return patches[patch]
    return library.find(name)


def all_paths() -> dict[str, Path]:
    """The file of every instrument by name, in alphabetical order, then that of every saved patch."""
    known = library.all_presets()
    return {**known, **{name: path for name, path in patch_file.all_patches().items() if name not in known}}


def resolve(patch: Patch) -> Patch:
    """The same patch with the path of its instrument: a saved patch, or the one in a bundle, is read.

    The given values and chain come before those of the file. PresetError if the file, or its instrument, is missing.
    """
    if is_foreign(patch.path):
        return patch
    if patch_file.is_patch(patch.path):
        saved = patch_file.read(patch.path)
        path = patch_file.find_instrument(patch.path, saved)
        return Patch(path, {**saved.values, **patch.values}, patch.chain or saved.chain)
    bundled = patch_bundle.read_patch(patch.path) if patch.chain is None else None
    if bundled is None:
        return patch
    return replace(patch, values={**bundled.values, **patch.values}, chain=bundled.chain)


def find_instrument(name: str | PathLike[str]) -> Path:
    """The file of an instrument, or of that of a saved patch, given by name or path. PresetError if there is none."""
    path = find(name)
    return resolve(Patch(path)).path if patch_file.is_patch(path) else path
