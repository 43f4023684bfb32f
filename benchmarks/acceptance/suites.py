"""The suites of `make acceptance`, in the order in which all of them run."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.kinds.kind import load_member

from .row import Row


@dataclass(frozen=True)
class Suite:
    """shows: one sentence. function: "module:function" of rows, called with a scale of 1 or less."""

    name: str
    shows: str
    function: str

    def rows(self, scale: float) -> Iterable[Row]:
        """Measure; rows as they are known. scale: share of the full length, 1 for all of it."""
        measured: Iterable[Row] = load_member(f"{__package__}.{self.function}")(scale)
        return measured


_ALL = (
    Suite("fuzzing", "Damaged files and bytes are refused by the declared errors, or read.", "fuzz:measure"),
    Suite("foreign-files", "So are damaged scores, recordings and mappings.", "fuzz:measure_foreign"),
    Suite("presets", "Every factory instrument is in tune and even over its whole keyboard.", "presets:measure"),
    Suite("recordings", "Every recording can be opened, followed and taken apart.", "recordings:measure"),
    Suite("lv2", "The LV2 plugins of Debian open, play, and keep their state.", "plugins.lv2_plugins:measure"),
    Suite(
        "scan",
        "All plugins that are installed are looked at within minutes, and known at once.",
        "plugins.plugin_scan:measure",
    ),
    Suite(
        "plugins", "Plugins of others come, go and change places under a chord.", "plugins.plugin_replacement:measure"
    ),
    Suite("soak", "The sound stays on time, and memory constant, as instruments change.", "soak:measure"),
    Suite("training", "Every kind learns from real recordings, and becomes better.", "training:measure"),
    Suite("learning-speed", "Learning takes minutes, and starts within seconds.", "processor_time:measure"),
    Suite("libraries", "Sample libraries are learned by their mappings, with all layers.", "libraries:measure"),
    Suite("instruction-sets", "The kernels are right on other processors.", "instruction_sets:measure"),
    Suite("closing", "The window closes at any moment, in any way.", "windows:measure_closing"),
    Suite("kill", "The window may be killed at any moment: nothing that was saved is lost.", "windows:measure_kills"),
    Suite("window", "The window opens quickly and does not disturb the sound.", "windows:measure_use"),
    Suite("walk", "No text is cut and no widget squeezed at any size, scale and theme.", "windows:measure_walk"),
    Suite("hand", "A hand before the camera plays a page, and the sound is on time.", "exports.hand:measure"),
    Suite("qtractor", "A workstation finds, plays and restores an exported plugin.", "exports.qtractor:measure"),
    Suite("busy", "`make check` passes on a busy machine.", "busy_machine:measure"),
)
SUITES = {suite.name: suite for suite in _ALL}
