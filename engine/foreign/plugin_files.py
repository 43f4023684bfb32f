"""The files in which plugins are installed: CLAP libraries and LV2 bundles, with stamps that change with them."""

import hashlib
import os
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CLAP, LV2 = "CLAP", "LV2"
CLAP_SUFFIX, LV2_MANIFEST = ".clap", "manifest.ttl"
MAX_FOLDER_DEPTH = 5  # below a folder of CLAP libraries


@dataclass(frozen=True)
class PluginFile:
    """A CLAP library or an LV2 bundle. stamp: a digest of the names, sizes and times of its files."""

    format: str
    path: Path
    stamp: str


def find_files() -> list[PluginFile]:
    """All that are installed, each once; of two bundles at one place only one."""
    found = {each.path.resolve(): each for each in (*_clap_files(), *_lv2_bundles())}
    return list(found.values())


def clap_folders() -> list[Path]:
    """The folders of CLAP libraries, those of CLAP_PATH first."""
    home = Path.home()
    if sys.platform == "darwin":
        standard = [home / "Library/Audio/Plug-Ins/CLAP", Path("/Library/Audio/Plug-Ins/CLAP")]
    elif sys.platform == "win32":
        programs = Path(os.environ.get("COMMONPROGRAMFILES", "C:/Program Files/Common Files"))
        standard = [programs / "CLAP", Path(os.environ.get("LOCALAPPDATA", str(home))) / "Programs/Common/CLAP"]
    else:
        standard = [home / ".clap", Path("/usr/lib/clap"), *_multiarch("clap"), Path("/usr/local/lib/clap")]
    return [*_listed("CLAP_PATH"), *standard]


def lv2_folders() -> list[Path]:
    """The folders of LV2 bundles: those of LV2_PATH alone where that is set, as lilv has it."""
    standard = [Path.home() / ".lv2", *_multiarch("lv2"), Path("/usr/lib/lv2"), Path("/usr/local/lib/lv2")]
    return _listed("LV2_PATH") or standard


def lv2_bundles() -> list[Path]:
    """The bundles in these folders."""
    return [path for folder in lv2_folders() for path in _children(folder) if (path / LV2_MANIFEST).is_file()]


def _clap_files() -> Iterator[PluginFile]:
    for folder in clap_folders():
        for path in _walk(folder, MAX_FOLDER_DEPTH):
            yield PluginFile(CLAP, path, _stamp([path]))


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    """The CLAP libraries in a folder and those below; on macOS a library is a folder itself."""
    for path in _children(folder):
        if path.suffix.lower() == CLAP_SUFFIX:
            yield path
        elif depth and path.is_dir():
            yield from _walk(path, depth - 1)


def _lv2_bundles() -> Iterator[PluginFile]:
    for bundle in lv2_bundles():
        yield PluginFile(LV2, bundle, _stamp(_children(bundle)))


def _stamp(paths: list[Path]) -> str:
    digest = hashlib.blake2b(digest_size=12)
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            continue
        digest.update(f"{path.name}\0{status.st_size}\0{status.st_mtime_ns}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _listed(variable: str) -> list[Path]:
    """The folders that an environment variable lists."""
    return [Path(text).expanduser() for text in os.environ.get(variable, "").split(os.pathsep) if text]


def _multiarch(name: str) -> list[Path]:
    architecture = sysconfig.get_config_var("MULTIARCH")
    return [Path("/usr/lib") / str(architecture) / name] if architecture else []
