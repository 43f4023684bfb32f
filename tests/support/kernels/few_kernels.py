"""Some of the engine's kernels, quick to compile, for a small library."""

from pathlib import Path

from engine.effects.chorus import update_targets
from engine.effects.limiter import Limiter
from engine.effects.volume import Volume
from engine.kernel import callbacks
from engine.kernel.text import keep_kernel_text, keep_text
from engine.midi.channel_state import reset_channel
from engine.plugin import entry
from engine.pointers import publish
from engine.ring import drain_into, push

KERNELS = (push, drain_into, publish, update_targets, reset_channel)


def list_few() -> dict[str, Path]:
    """The texts of KERNELS, the limiter and the volume, by their names in a library."""
    for plugin in (Limiter(), Volume()):
        entry(plugin)
    found = {each.symbol: keep_text(each, each.text_name) for each in callbacks if each.symbol.endswith(".entry")}
    return found | {f"{kernel.symbol}.0": keep_kernel_text(kernel, 0) for kernel in KERNELS}
