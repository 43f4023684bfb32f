"""The hand tracker that a page may carry: MediaPipe Hands, fetched once by npm and kept in the user's cache.

It is other people's work under the Apache License 2.0, so it is neither in the sources of Luthier nor in its wheel.
The package is known by its digest: what differs by a bit is refused.
"""

import base64
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from engine.atomic_write import atomic_path

PACKAGE, VERSION = "@mediapipe/hands", "0.4.1675469240"
SHA512 = "GxoZvL1mmhJxFxjuyj7vnC++JIuInGznHBin5c7ZSq/RbcnGyfEcJrkM/bMu5K1Mz/2Ko+vEX6/+wewmEHPrHg=="
NOTICE = f"Hand tracking by MediaPipe Hands {VERSION}, by Google, under the Apache License 2.0"
FILES = (
    "hands.js", "hands.binarypb", "hand_landmark_lite.tflite", "hands_solution_packed_assets.data",
    "hands_solution_packed_assets_loader.js", "hands_solution_simd_wasm_bin.js", "hands_solution_simd_wasm_bin.wasm",
    "hands_solution_simd_wasm_bin.data",
)  # fmt: skip
"""What a page needs of the package: the module with SIMD and the small model."""
FETCH_SECONDS = 600


@dataclass(frozen=True)
class HandTracker:
    """Files of the tracker by name, in the order in which a page carries them."""

    files: dict[str, bytes]

    @property
    def data(self) -> bytes:
        """All files, one after the other."""
        return b"".join(self.files.values())

    @property
    def table(self) -> str:
        """Names and sizes as JSON: [[name, bytes], …]."""
        return json.dumps([[name, len(data)] for name, data in self.files.items()])


def load_tracker(package: str = "") -> HandTracker:
    """The tracker, from a file of the package, or from the cache, into which it is fetched first.

    ValueError or OSError, one line, if it cannot be had.
    """
    path = Path(package) if package else cache_path()
    if not package and not path.is_file():
        _fetch(path)
    data = path.read_bytes()
    if base64.b64encode(hashlib.sha512(data).digest()).decode("ascii") != SHA512:
        hint = "fetch it anew" if package else f"remove {path} and try again"
        raise ValueError(f"{path.name} is not the package {PACKAGE} {VERSION}, or damaged: {hint}")
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        files = {name: archive.extractfile(f"package/{name}") for name in FILES}
        return HandTracker({name: file.read() for name, file in files.items() if file is not None})


def cache_path() -> Path:
    """Where the package is kept."""
    return user_cache_path("luthier", appauthor=False) / f"mediapipe-hands-{VERSION}.tgz"


def _fetch(path: Path) -> None:
    """Fetch the package into the cache, whole or not at all. ValueError, one line, where that cannot be done."""
    npm = shutil.which("npm")
    hint = f"Fetch {PACKAGE} {VERSION} elsewhere and name its file: --hand-package FILE.tgz"
    if npm is None:
        raise ValueError(f"the hand tracker is fetched by npm, which is not installed. {hint}")
    with tempfile.TemporaryDirectory(prefix="luthier-hands-") as folder:
        command = [npm, "pack", "--silent", f"{PACKAGE}@{VERSION}"]
        try:
            subprocess.run(command, cwd=folder, capture_output=True, check=True, timeout=FETCH_SECONDS)
            (found,) = Path(folder).glob("*.tgz")
        except (subprocess.SubprocessError, ValueError):
            raise ValueError(f"the hand tracker could not be fetched: is there a network? {hint}") from None
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as draft:
            shutil.copyfile(found, draft)
