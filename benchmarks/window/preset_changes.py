"""Click through every factory preset twice while a chord is held by MIDI; record the audio thread's blocks."""

from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.support.block_times import BlockLog
from benchmarks.support.jack_client import JackClient
from benchmarks.support.measurement import Measurement

CHORD = (52, 59, 64)
SOUND_MS, FADE_MS = 250, 150  # the chord sounds before the click, and after it


@dataclass(frozen=True)
class ClickSummary:
    """Clicks, blocks, those late by us and by others, the server's xruns, frames that the server skipped us."""

    clicks: int
    blocks: int
    late_by_us: int
    late_by_others: int
    max_load: float  # work of its own of a block, as a share of its time
    xruns: int
    missed: int


def click_presets(controller: Any, blocks: BlockLog, times: int = 2) -> dict[str, Any]:
    """Click through the presets of a window whose blocks are recorded."""
    from PyQt6.QtCore import Qt
    from PyQt6.QtTest import QTest

    from .close_moments import until

    host, device = controller.engine.host, controller.engine.stream._device
    names = [entry.name for entry in controller.entry_files.entries if entry.factory]
    controller.bridge.reset_meters()
    QTest.qWait(300)
    missed = device.missed
    blocks.clear()
    with JackClient("hands") as client:
        client.connect_midi(f"{device.info.name}:midi_in")
        for _ in range(times * len(names)):
            for key in CHORD:
                client.send(0x90, key, 90)
            QTest.qWait(SOUND_MS)
            before = controller.bridge.now.path
            QTest.keyClick(controller.window, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
            until(lambda before=before: controller.bridge.now.path != before)
            QTest.qWait(FADE_MS)
            for key in CHORD:
                client.send(0x80, key, 0)
        summary, xruns, missed = blocks.summarize(), host.meters().xruns, device.missed - missed
    return asdict(
        ClickSummary(
            times * len(names),
            summary.count,
            summary.late_by_us,
            summary.late_by_others,
            summary.max_load,
            xruns,
            missed,
        )
    )


def measurements(values: dict[str, Any]) -> list[Measurement]:
    """Measurements from the values of a ClickSummary."""
    summary = ClickSummary(**values)
    title = f"{summary.clicks} clicks through the presets"
    return [
        Measurement(
            f"{title}: blocks late by our work or waiting",
            summary.late_by_us,
            f"of {summary.blocks}",
            0.0,
            goal_is_max=True,
        ),
        Measurement(
            f"{title}: most work of a block", 100 * summary.max_load, "% of its time", 100.0, goal_is_max=True
        ),
        Measurement(f"{title}: blocks the machine was late with", summary.late_by_others, f"of {summary.blocks}"),
        Measurement(f"{title}: under-runs that the server told of", summary.xruns, ""),
        Measurement(f"{title}: frames that it went on without us", summary.missed, ""),
    ]
