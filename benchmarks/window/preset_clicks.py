"""Clicking through every factory preset twice while a chord is held by MIDI: what the audio thread makes of it."""

from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.support.block_times import BlockLog
from benchmarks.support.jack_client import JackClient
from benchmarks.support.measurement import Measurement

CHORD = (52, 59, 64)
SOUNDS, FADES = 250, 150  # milliseconds that the chord sounds before the click, and that the next instrument has


@dataclass(frozen=True)
class ClickSummary:
    """Clicks, blocks, those late by our fault and not by it, the server's count, frames it went on without us."""

    clicks: int
    blocks: int
    ours: int
    theirs: int
    heaviest: float  # work of its own of a block, as a share of its time
    xruns: int
    missed: int


def click_presets(wiring: Any, blocks: BlockLog, times: int = 2) -> dict[str, Any]:
    """Click through the presets of a window whose blocks are measured."""
    from PyQt6.QtCore import Qt
    from PyQt6.QtTest import QTest

    from .close_moments import until

    rig, outlet = wiring.engine.rig, wiring.engine._opened._device
    names = [entry.name for entry in wiring.preset_files.entries if entry.factory]
    wiring.bridge.reset_meters()
    QTest.qWait(300)
    missed = outlet.missed
    blocks.clear()
    with JackClient("hands") as hands:
        hands.connect_midi(f"{outlet.info.name}:midi_in")
        for _ in range(times * len(names)):
            for key in CHORD:
                hands.send(0x90, key, 90)
            QTest.qWait(SOUNDS)
            before = wiring.bridge.now.path
            QTest.keyClick(wiring.window, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
            until(lambda before=before: wiring.bridge.now.path != before)
            QTest.qWait(FADES)
            for key in CHORD:
                hands.send(0x80, key, 0)
        seen, xruns, missed = blocks.seen(), rig.meters().xruns, outlet.missed - missed
    return asdict(ClickSummary(times * len(names), seen.number, seen.ours, seen.theirs, seen.heaviest, xruns, missed))


def measurements(found: dict[str, Any]) -> list[Measurement]:
    """What was found, for a reader."""
    seen = ClickSummary(**found)
    what = f"{seen.clicks} clicks through the presets"
    return [
        Measurement(
            f"{what}: blocks late by our work or waiting", seen.ours, f"of {seen.blocks}", 0.0, goal_is_most=True
        ),
        Measurement(f"{what}: most work of a block", 100 * seen.heaviest, "% of its time", 100.0, goal_is_most=True),
        Measurement(f"{what}: blocks the machine was late with", seen.theirs, f"of {seen.blocks}"),
        Measurement(f"{what}: under-runs that the server told of", seen.xruns, ""),
        Measurement(f"{what}: frames that it went on without us", seen.missed, ""),
    ]
