"""[in a process that scans] List the plugins of a file, and open one of them as playing does."""

import contextlib
import ctypes
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from engine.events import EVENT
from engine.foreign.callbacks import compile_all
from engine.foreign.loader import load
from engine.foreign.lv2.description import plugins_by_bundle
from engine.foreign.plugin_entry import PluginEntry
from engine.foreign.plugin_files import CLAP, LV2
from engine.kinds.kind import load_member
from engine.plugin import BURST, entry
from engine.plugin.external import PluginError

PROOF_RATE = 48_000.0  # Hz
PROOF_FRAMES, PROOF_BLOCKS = 128, 4
_LISTS = {LV2: "engine.foreign.lv2.description:list_bundle", CLAP: "engine.foreign.clap.description:list_library"}


def warm_up(formats: Collection[str]) -> None:
    """Do once what every proof of these formats needs."""
    compile_all()
    if LV2 in formats:
        with contextlib.suppress(PluginError):  # without lilv every bundle has that as its fault
            plugins_by_bundle()


def list_plugins(name: str, path: str) -> list[PluginEntry]:
    """The plugins of a file of a format. ValueError, OSError."""
    listing: Callable[[str], list[PluginEntry]] = load_member(_LISTS[name])
    return listing(path)


def find_fault(tested: PluginEntry) -> str:
    """Open a plugin, play some silence and end it; why that cannot be done, empty if it can."""
    try:
        plugin = load(tested.name)
        plugin.prepare(PROOF_RATE)
    except (ValueError, OSError) as error:
        return " ".join(str(error).split())
    audio, events = np.zeros((2, PROOF_FRAMES), np.float32), np.zeros(BURST, EVENT)
    pointer = ctypes.c_void_p
    kind: Any = ctypes.CFUNCTYPE(ctypes.c_ssize_t, pointer, pointer, ctypes.c_ssize_t, pointer, ctypes.c_ssize_t)
    process = kind(entry(plugin).address)
    for _ in range(PROOF_BLOCKS):
        process(plugin.state.ctypes.data, audio.ctypes.data, PROOF_FRAMES, events.ctypes.data, 0)
        plugin.catch_up()
    plugin.close()
    return ""
