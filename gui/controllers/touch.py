"""What touching the picture or the pad means for the instrument that plays."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QObject

from gui import number_format
from gui.engine_bridge import EngineBridge
from gui.views.mode_dots import dots
from gui.views.sound_map import Spots
from gui.views.view_stack import LEARNED, ViewStack
from session.messages import Loaded

from .pad_axes import PadAxes
from .parameters import ParameterController

if TYPE_CHECKING:
    from engine.snapshots.sound_map import SoundMap

DOT, BAR, SPOT = -3, -4, -5  # the fingers on the modes, on the harmonics and on the map
LEAST = 0.02  # of the largest energy of the plane: less is not sent


class TouchController(QObject):
    """Strikes resonances from the picture, and drives the learned plane or two knobs from the pad."""

    def __init__(self, bridge: EngineBridge, parameters: ParameterController, stage: ViewStack) -> None:
        super().__init__()
        self._bridge, self._parameters, self._stage = bridge, parameters, stage
        self._axes = PadAxes(stage, parameters.undo_stack)
        self._plane = np.zeros((0, 2))
        self._router = np.zeros((0, 0))
        self._key = 60
        self._held: dict[int, int] = {}
        self._chart: SoundMap | None = None
        self._energy = np.zeros(0)  # with which each dimension of the plane was played when it was learned
        bridge.loaded.connect(self._loaded)
        bridge.ringing.connect(stage.modes.set_ringing)
        bridge.decoded.connect(stage.harmonics.set_bars)
        bridge.looked.connect(stage.pad.fade)
        bridge.lit.connect(self._follow)
        stage.modes.struck.connect(self._strike_resonance)
        stage.modes.released.connect(self._release_resonance)
        stage.harmonics.bars.struck.connect(self._strike_key)
        stage.harmonics.bars.released.connect(lambda: self._lift(BAR))
        stage.chart.struck.connect(self._strike_spot)
        stage.chart.released.connect(lambda: self._lift(SPOT))
        bridge.looked.connect(stage.chart.fade)
        stage.pad.struck.connect(self._strike)
        stage.pad.dragged.connect(self._drive)
        stage.pad.released.connect(self._lift)
        stage.viewed.connect(self._look)

    def _loaded(self, now: Loaded) -> None:
        from engine.snapshots import modes as picture
        from engine.snapshots.sound_map import sound_map as sound_map

        self._stage.show_kind(now.header["kind"])
        self._stage.modes.set_modes(dots(picture.learned_modes(now.plugin)))
        self._chart = chart(now.plugin)
        self._energy = np.asarray(now.tensors.get("energy", np.zeros(0)), np.float64)
        self._stage.chart.set_spots(_spots(self._chart))
        keys = now.header.get("keys", {})
        self._stage.harmonics.set_instrument(keys.get("low", 0), keys.get("high", 127), now.room)
        self._router = np.asarray(now.tensors.get("router", np.zeros((0, 0))), np.float64)
        self._plane = np.asarray(now.tensors.get("map_pad", np.zeros((0, 2))), np.float64)
        self._key = min(max(60, keys.get("low", 0)), keys.get("high", 127))
        learned = bool(self._plane.any()) and len(self._plane) > 1
        self._axes.offer(self._parameters.names, learned, self._plays_notes())

    def _look(self, view: int) -> None:
        self._bridge.watching = view == 0

    def _follow(self, lit: dict[int, float]) -> None:
        """The pad plays the key that was played last."""
        if lit and not self._held:
            self._key = next(reversed(lit))
        if self._chart is not None:
            self._stage.chart.set_lit(frozenset(self._spots_of(lit)))

    def _plays_notes(self) -> bool:
        setting = self._parameters.setting
        return setting is None or setting.values.get("play", 1.0) > 0.5

    def _strike_resonance(self, resonance: int, force: float) -> None:
        from engine.snapshots import modes as picture

        if self._bridge.now is None or self._bridge.live_input is None:
            return
        if not self._plays_notes() and resonance < self._router.shape[1]:
            dimension = int(self._router[:, resonance].argmax())
            self._bridge.live_input.excite(dimension, force)
            return
        key = picture.key_of(self._bridge.now.plugin, resonance)
        if key >= 0:
            self._strike_finger(DOT, key, force)

    def _spots_of(self, lit: Iterable[int]) -> list[int]:
        """The sounds that keys play."""
        assert self._chart is not None
        played = self._chart.note if self._plays_notes() else self._chart.plain
        found = [np.flatnonzero((played >= 0) & (played == key)) for key in lit]
        if self._plays_notes() and (self._chart.note >= 0).any():
            height = np.where(self._chart.note >= 0, self._chart.note, 10_000)
            return [int(np.abs(height - key).argmin()) for key in lit]
        return [int(spots[0]) for spots in found if len(spots) and not self._chart.driven]

    def _strike_spot(self, spot: int, force: float) -> None:
        """Play a sound as a note where it is one, or as it was learned."""
        if self._chart is None or self._bridge.live_input is None:
            return
        note, plain = int(self._chart.note[spot]), int(self._chart.plain[spot])
        if note >= 0 and (self._plays_notes() or plain < 0):
            self._play_notes(True)
            self._strike_finger(SPOT, note, force)
        elif plain >= 0 and self._chart.driven:
            self._play_notes(False)
            self._bridge.live_input.excite(plain, force * float(self._energy[plain]))
        elif plain >= 0:
            self._play_notes(False)
            self._strike_finger(SPOT, plain, force)

    def _play_notes(self, notes: bool) -> None:
        """Let the instrument play notes, or as it was learned."""
        if self._plays_notes() != notes:
            self._parameters.turn("play", float(notes))
            self._parameters.settle()

    def _strike_finger(self, finger: int, key: int, force: float) -> None:
        self._lift_note(finger)
        self._held[finger] = key
        self._bridge.press(key, force)

    def _strike_key(self, key: int, force: float) -> None:
        self._strike_finger(BAR, key, force)

    def _release_resonance(self, _: int) -> None:
        self._lift(DOT)

    def _strike(self, finger: int, x: float, y: float, force: float) -> None:
        """A press: the knobs are where the finger is, then the note begins."""
        if self._axes.now[0] == LEARNED:
            self._excite(x, y, force)
            return
        self._turn(x, y)
        self._lift_note(finger)
        self._held[finger] = self._key
        self._bridge.press(self._key, force)

    def _drive(self, finger: int, x: float, y: float, force: float) -> None:
        """A drag: the plane is fed, or the knobs turn and the note is struck again."""
        self._strike(finger, x, y, force)

    def _lift(self, finger: int) -> None:
        self._lift_note(finger)
        self._parameters.settle()

    def _lift_note(self, finger: int) -> None:
        """Let go of the key of a finger, unless another one holds it too."""
        key = self._held.pop(finger, None)
        if key is not None and key not in self._held.values():
            self._bridge.release(key)

    def _turn(self, x: float, y: float) -> None:
        for name, share in zip(self._axes.now, (x, y), strict=True):
            if name in self._parameters.names:
                self._parameters.turn(name, number_format.value_at(share, *self._parameters.place(name)))

    def _excite(self, x: float, y: float, force: float) -> None:
        """Send each dimension its part of the place; an instrument that plays notes is asked to play as learned."""
        if self._bridge.live_input is None:
            return
        self._play_notes(False)
        energies = self._plane @ (x, y) * force
        least = LEAST * self._plane.max(initial=0.0)
        for dimension in np.flatnonzero(energies > least).tolist():
            self._bridge.live_input.excite(dimension, float(energies[dimension]))


def _spots(chart: "SoundMap | None") -> Spots:
    """A chart as the view takes it; sounds with a pitch bear its name."""
    if chart is None:
        return Spots()
    names = tuple(number_format.note(key) if key >= 0 else "" for key in chart.note.tolist())
    return Spots(chart.x, chart.y, chart.level, names)
