"""What the sub-commands that sound have in common: an instrument in a rig."""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.rig import Rig

RATE = 48000.0  # Hz, where no device has its own


def build(preset: str, rate: float, seed: int, channels: list[int] | None) -> "Rig":
    """A rig that plays a preset, given by name or path. PresetError if there is none."""
    from engine import library

    path = library.find(preset)
    compiled = Path(os.environ["NUMBA_CACHE_DIR"]) / "compiled"
    if not compiled.exists():
        print("luthier: compiling the engine for this processor, once; some seconds …", file=sys.stderr, flush=True)
    import_module("engine.callback")  # compiles it
    from engine.instruments import load
    from engine.rig import Rig

    rig = Rig(rate, channels)
    rig.play([load(path, seed)])
    compiled.parent.mkdir(parents=True, exist_ok=True)
    compiled.touch()
    return rig
