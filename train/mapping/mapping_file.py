"""Read a mapping by the suffix of its file."""

from pathlib import Path

from .decent_sampler import read_decent_sampler
from .region import Mapping, MappingError
from .sfz import read_sfz

_READERS = {".sfz": read_sfz, ".dspreset": read_decent_sampler}
MAPPING_SUFFIXES = tuple(_READERS)
"""Suffixes of mappings, in lower case."""


def is_mapping(path: str | Path) -> bool:
    """Whether a file is a mapping, by its suffix."""
    return Path(path).suffix.lower() in MAPPING_SUFFIXES


def read_mapping(path: str | Path) -> Mapping:
    """Read a mapping. MappingError, one line, if it cannot be read, or maps no recording that is there."""
    path = Path(path)
    if not path.is_file():
        raise MappingError(f"no such mapping: {path}")
    mapping = _READERS[path.suffix.lower()](path)
    if not mapping.attacks:
        why = mapping.messages()
        raise MappingError(f"{path} maps no recording to a key" + (f" ({why[0].rstrip('.')})" if why else ""))
    return mapping


def mapped_files(path: str | Path) -> list[Path]:
    """The recordings that a mapping maps to struck keys, each once. MappingError as `read_mapping`."""
    return list(dict.fromkeys(region.path for region in read_mapping(path).attacks))
