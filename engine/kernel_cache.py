"""Choice of numba's cache folder, named by a digest of the engine's sources, when numba is first imported.

numba detects a change in the file of a function but not in the functions that it calls. Kernels chosen by
LUTHIER_KERNELS have a cache of their own, and so have other processors (NUMBA_CPU_NAME) and each copy of the sources:
numba keeps their code apart too, and what tells that a part was compiled must not hold for another of them. A folder
that the user chose (NUMBA_CACHE_DIR) is left alone. What does not play imports no numba, and reads no sources.
"""

import os
import sys
from pathlib import Path

_MAX_AGE_DAYS = 3


class _NumbaFinder:
    """A finder of modules (importlib.abc.MetaPathFinder, slow to import) that finds none.

    It sets the cache folder just before numba is found by the others.
    """

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname == "numba":
            sys.meta_path.remove(self)
            _set_environment()


def _set_environment() -> None:
    """Set what numba reads when it is imported: its cache, and no features but those of a processor by name.

    With NUMBA_CPU_NAME alone numba would add the features of this machine, and make no code for the other one. Beside
    a library of kernels numba makes code for the processor of the library, so that both keep their arrays alike.
    """
    from engine.kernel.library import CPU_PREFIX, INSTRUCTION_SETS, loaded_library, wanted_instruction_set

    library, wanted = loaded_library(), wanted_instruction_set()
    if library is not None:
        os.environ["NUMBA_CPU_NAME"] = library.cpu
    elif wanted in INSTRUCTION_SETS:
        os.environ["NUMBA_CPU_NAME"] = CPU_PREFIX + wanted
    if os.environ.get("NUMBA_CPU_NAME"):
        os.environ.setdefault("NUMBA_CPU_FEATURES", "")
    _set_cache_folder()


def _set_cache_folder() -> None:
    """Point numba to the cache of these sources, unless the user chose a folder."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    from platformdirs import user_cache_path

    kernels = user_cache_path("luthier", appauthor=False) / "kernels"
    chosen = " ".join(os.environ.get(name, "") for name in ("LUTHIER_KERNELS", "NUMBA_CPU_NAME")).strip()
    folder = kernels / f"{digest_sources(chosen)}-{_digest_place()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        _remove_old(kernels)
    except OSError:
        import tempfile  # rarely needed, and slow to import

        folder = Path(tempfile.mkdtemp(prefix="luthier-kernels-"))
    os.environ["NUMBA_CACHE_DIR"] = str(folder)


def digest_sources(chosen: str = "") -> str:
    """Twelve hex digits that change with any source of the engine, and with what was chosen to be compiled."""
    import hashlib

    folder = Path(__file__).parent
    digest = hashlib.blake2b(chosen.encode() + b"\0", digest_size=6)
    for source in sorted(folder.rglob("*.py")):
        digest.update(source.relative_to(folder).as_posix().encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


def _digest_place() -> str:
    """Eight hex digits that change with the folder of the sources."""
    import hashlib

    return hashlib.blake2b(os.fsencode(Path(__file__).resolve().parent), digest_size=4).hexdigest()


def _remove_old(kernels: Path) -> None:
    """Remove the caches that were not used for _MAX_AGE_DAYS."""
    import shutil  # rarely needed, and slow to import
    import time

    oldest = time.time() - _MAX_AGE_DAYS * 86400
    for folder in kernels.iterdir():
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


if "numba" in sys.modules:
    _set_environment()
    sys.modules["numba"].core.config.reload_config()
else:
    sys.meta_path.insert(0, _NumbaFinder())
