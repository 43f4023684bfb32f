"""The touch controller: plays the instrument by touching its view or the pad."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QObject

from engine.kinds import PLAY_PARAM
from gui import knob_scale
from gui.engine_bridge import EngineBridge
from gui.views.dots import scaled
from gui.views.view_stack import LEARNED, ViewStack
from session.engine_messages import Loaded

from .pad_axes import PadAxes
from .parameters import ParameterController

if TYPE_CHECKING:
    from engine.snapshots.control_plane import ControlPlane
    from engine.snapshots.similarity_map import SoundMap

NO_DISPLAY = ""  # of a foreign instrument
MODES, BARS, MAP = -3, -4, -5  # numbers of the pointers of the views; those of the pad are other ones
MIN_ENERGY = 0.02  # of the largest one of the plane: less is not sent


class TouchController(QObject):
    """Views strike notes or resonances; the pad excites the learned plane, or sets two parameters and strikes."""

    def __init__(self, bridge: EngineBridge, parameters: ParameterController, views: ViewStack) -> None:
        super().__init__()
        self._bridge, self._parameters, self._views = bridge, parameters, views
        self._axes = PadAxes(views, parameters.undo_stack)
        self._plane: ControlPlane | None = None
        self._key = 60  # that the pad plays
        self._held: dict[int, int] = {}  # the key that each pointer holds
        self._map: SoundMap | None = None
        bridge.loaded.connect(self._show_instrument)
        bridge.modes_changed.connect(views.modes.set_ringing)
        bridge.harmonics_changed.connect(views.harmonics.set_bars)
        bridge.polled.connect(views.pad.fade)
        bridge.polled.connect(views.sound_map.fade)
        bridge.notes_changed.connect(self._follow_notes)
        views.modes.struck.connect(self._strike_resonance)
        views.modes.released.connect(lambda _: self._release(MODES))
        views.harmonics.bars.struck.connect(lambda key, force: self._note_on(BARS, key, force))
        views.harmonics.bars.released.connect(lambda _: self._release(BARS))
        views.sound_map.struck.connect(self._strike_sound)
        views.sound_map.released.connect(lambda _: self._release(MAP))
        views.pad.struck.connect(self._strike_pad)
        views.pad.dragged.connect(self._strike_pad)  # excites the plane again, or strikes the note again
        views.pad.released.connect(self._release)
        views.view_changed.connect(self._change_view)

    def _show_instrument(self, now: Loaded) -> None:
        from engine.snapshots.control_plane import control_plane
        from engine.snapshots.modes import learned_modes
        from engine.snapshots.similarity_map import sound_map

        self._views.show_display(now.kind.display if now.kind is not None else NO_DISPLAY)
        self._views.modes.set_modes(scaled(learned_modes(now.plugin)))
        self._map = sound_map(now.plugin)
        self._views.sound_map.set_points(self._map)
        low, high = now.keys
        self._views.harmonics.set_instrument(low, high, now.room)
        self._plane = control_plane(now.plugin)
        self._key = min(max(60, low), high)
        learned = self._plane is not None and bool(self._plane.pad.any()) and len(self._plane.pad) > 1
        self._axes.offer(self._parameters.names, learned, self._plays_notes())

    def _change_view(self, view: int) -> None:
        self._bridge.shows_snapshot = view == 0

    def _follow_notes(self, velocities: dict[int, float]) -> None:
        """The pad plays the key that was played last; the map shows the sounds of all."""
        if velocities and not self._held:
            self._key = next(reversed(velocities))
        if self._map is not None:
            self._views.sound_map.set_lit(frozenset(self._sounds_of(velocities)))

    def _plays_notes(self) -> bool:
        patch = self._parameters.patch
        return patch is None or patch.values.get(PLAY_PARAM, 1.0) > 0.5

    def _set_plays_notes(self, notes: bool) -> None:
        """Play notes, or as learned."""
        if self._plays_notes() != notes:
            self._parameters.set_value(PLAY_PARAM, float(notes))
            self._parameters.end_gesture()

    def _strike_resonance(self, resonance: int, force: float) -> None:
        from engine.snapshots.modes import key_of

        if self._bridge.now is None or self._bridge.live_input is None:
            return
        if not self._plays_notes() and self._plane is not None and resonance < len(self._plane.dimensions):
            self._excite_dimension(int(self._plane.dimensions[resonance]), force)
            return
        key = key_of(self._bridge.now.plugin, resonance)
        if key >= 0:
            self._note_on(MODES, key, force)

    def _sounds_of(self, keys: Iterable[int]) -> list[int]:
        """The sounds on the map that keys play."""
        assert self._map is not None
        played = self._map.note if self._plays_notes() else self._map.plain
        found = [np.flatnonzero((played >= 0) & (played == key)) for key in keys]
        if self._plays_notes() and (self._map.note >= 0).any():
            pitch = np.where(self._map.note >= 0, self._map.note, 10_000)
            return [int(np.abs(pitch - key).argmin()) for key in keys]
        return [int(sounds[0]) for sounds in found if len(sounds) and not self._map.driven]

    def _strike_sound(self, sound: int, force: float) -> None:
        """Play a sound of the map as a note where it is one, or as it was learned."""
        if self._map is None or self._bridge.live_input is None:
            return
        note, plain = int(self._map.note[sound]), int(self._map.plain[sound])
        if note >= 0 and (self._plays_notes() or plain < 0):
            self._set_plays_notes(True)
            self._note_on(MAP, note, force)
        elif plain >= 0 and self._map.driven:
            self._set_plays_notes(False)
            self._excite_dimension(plain, force)
        elif plain >= 0:
            self._set_plays_notes(False)
            self._note_on(MAP, plain, force)

    def _strike_pad(self, pointer: int, x: float, y: float, force: float) -> None:
        """Excite the learned plane, or set the two parameters and then start the note."""
        if self._axes.now[0] == LEARNED:
            self._excite(x, y, force)
            return
        self._set_axes(x, y)
        self._note_on(pointer, self._key, force)

    def _release(self, pointer: int) -> None:
        self._note_off(pointer)
        self._parameters.end_gesture()

    def _note_on(self, pointer: int, key: int, force: float) -> None:
        self._note_off(pointer)
        self._held[pointer] = key
        self._bridge.note_on(key, force)

    def _note_off(self, pointer: int) -> None:
        """Release the key of a pointer, unless another one holds it too."""
        key = self._held.pop(pointer, None)
        if key is not None and key not in self._held.values():
            self._bridge.note_off(key)

    def _set_axes(self, x: float, y: float) -> None:
        for name, position in zip(self._axes.now, (x, y), strict=True):
            if name in self._parameters.names:
                value = knob_scale.value_at(position, *self._parameters.range(name))
                self._parameters.set_value(name, value)

    def _excite_dimension(self, dimension: int, force: float) -> None:
        """Send a dimension of the plane its energy at a force 0..1."""
        if self._plane is not None and self._bridge.live_input is not None:
            self._bridge.live_input.excite(dimension, force * float(self._plane.energy[dimension]))

    def _excite(self, x: float, y: float, force: float) -> None:
        """Send each dimension its energy at a point of the pad, which plays as learned."""
        if self._plane is None or self._bridge.live_input is None:
            return
        self._set_plays_notes(False)
        energies = self._plane.pad @ (x, y) * force
        threshold = MIN_ENERGY * self._plane.pad.max(initial=0.0)
        for dimension in np.flatnonzero(energies > threshold).tolist():
            self._bridge.live_input.excite(dimension, float(energies[dimension]))
