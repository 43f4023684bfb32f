"""The parameter controller: connects the knobs to the parameter model, and makes what is changed undoable."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from engine.effects import ROOM
from engine.foreign import USUAL_ROUTING, is_foreign
from engine.foreign.scan import find_title
from engine.kinds import PLAY_PARAM
from gui.browser.catalogue import display_name
from gui.engine_bridge import EngineBridge
from gui.engine_translation import translate_effect
from gui.panels.parameter_panel import ParameterPanel
from gui.widgets.knob.spec import KnobSpec
from gui.widgets.notice_bar import NoticeAction
from session import patch_bundle, patch_file
from session.engine_messages import Loaded
from session.parameters import Origin
from session.patch import NO_ROOM, OWN_ROOM, PLUGIN, Chain, Patch
from session.rack import INSTRUMENT, LAYER, ON, VOICE

from .knob_specs import hidden, is_power, is_switch, specs
from .undo_stack import UndoStack

if TYPE_CHECKING:
    from engine.foreign.foreign_plugin import ForeignPlugin


class ParameterController(QObject):
    """Shows the parameters of one slot of the chain; values are kept by the model alone."""

    shown = pyqtSignal()  # the knobs of another rack
    offered = pyqtSignal(str, list)  # what stays beside another instrument, and NoticeActions
    chain_changed = pyqtSignal()  # other plugins, other knobs shown, or an effect switched on or off

    def __init__(self, bridge: EngineBridge, knobs: ParameterPanel) -> None:
        super().__init__()
        self.undo_stack = UndoStack(self)
        self._bridge, self._model, self._knobs = bridge, bridge.model, knobs
        self._specs: list[KnobSpec] = []
        self._slot = INSTRUMENT  # whose knobs are shown
        self._slots: list[str] = []  # of each parameter
        self._hidden: frozenset[str] = frozenset()  # names of parameters without a knob
        self._titles, self._missing = dict[str, str](), dict[str, str]()  # of effects from elsewhere, by slot
        knobs.value_edited.connect(self._change)
        knobs.editing_finished.connect(self.end_gesture)
        bridge.loaded.connect(self._show_rack)
        self._model.subscribe(self._show_value)

    @property
    def patch(self) -> Patch | None:
        """What plays, or is about to."""
        return self._model.patch

    @property
    def instrument(self) -> Path | None:
        """The file of the instrument that plays; of a patch that of its instrument."""
        return self._bridge.now.instrument if self._bridge.now is not None else None

    @property
    def is_loading(self) -> bool:
        """Whether a patch is being loaded."""
        return self._model.requested is not None

    @property
    def chain(self) -> Chain:
        """The chain of what plays, or is about to."""
        return self._model.chain

    @property
    def names(self) -> list[str]:
        """The parameters with a knob, in order; no switches."""
        return [spec.name for spec in self._specs if spec.name not in self._hidden and not _is_switch(spec)]

    @property
    def slot(self) -> str:
        """The slot whose knobs are shown."""
        return self._slot

    @property
    def slots(self) -> list[str]:
        """The slots that have parameters, in the order of the chain."""
        return list(dict.fromkeys(self._slots))

    @property
    def titles(self) -> dict[str, str]:
        """The names of the effects from elsewhere that play, by slot."""
        return self._titles

    @property
    def missing(self) -> dict[str, str]:
        """The names of the effects from elsewhere and the second instrument that could not be loaded, by slot."""
        return self._missing

    @property
    def routable(self) -> "dict[str, ForeignPlugin]":
        """The plugins whose side chains or outputs can be chosen, by slot."""
        return self._bridge.now.routable if self._bridge.now is not None and not self.is_loading else {}

    @property
    def title(self) -> str:
        """The name of what plays, or is about to."""
        now, path = self._bridge.now, self.patch.path if self.patch is not None else Path()
        if now is not None and now.path == path:
            return now.title
        return find_title(path) if is_foreign(path) else path.stem

    @property
    def second_title(self) -> str:
        """The name of the second instrument; empty where there is none."""
        layer, now = self.chain.layer, self._bridge.now
        if layer is None:
            return ""
        if not is_foreign(layer.path):
            return Path(layer.path).stem
        playing = now.rack.layer if now is not None and now.rack.layer_path == str(Path(layer.path)) else None
        return playing.name if playing is not None else find_title(layer.path)

    def switch_name(self, slot: str) -> str:
        """The name of the parameter that switches the effect of a slot; empty where it cannot be switched."""
        found = (each.name for each in self._model.definitions if each.slot == slot and each.param.name == ON)
        return next(found, "")

    def show_slot(self, slot: str) -> None:
        """Show the knobs of the instrument, the layer, the voice input or an effect."""
        self._slot = slot if self._has_slot(slot) or self._model.requested is not None else INSTRUMENT
        self._knobs.set_shown([index for index, name in enumerate(self._slots) if name == self._slot])
        self.chain_changed.emit()

    def show_fault(self, text: str) -> None:
        """Show why the slot does not play, in place of its knobs; empty: it plays."""
        self._knobs.show_fault(text)

    def __contains__(self, name: str) -> bool:
        return name in self._model

    def value(self, name: str) -> float:
        """The value of a parameter."""
        return self._model.value(name)

    def range(self, name: str) -> tuple[float, float]:
        """The lowest and highest value of a parameter."""
        return self._model.range(name)

    def choose(self, path: Path, alone: bool = False) -> None:
        """Load another instrument, undoably; effects and layer stay, unless it is alone, or brings its own."""
        before = self.patch
        own = Patch(path) if patch_file.is_patch(path) else patch_bundle.read_patch(path)
        if alone:
            own = own or Patch(path, {}, Chain())
        after = own or Patch(path, self._layer_and_effect_values(), self._chain_of(path))
        self.recall(after)
        if before is not None:
            self.undo_stack.push_state(self.tr("change of instrument"), before, after, self._recall)
        if own is None and before is not None and before.path != path and self.chain != Chain():
            drop = NoticeAction(self.tr("Drop them"), self.drop_chain)
            self.offered.emit(self._describe_chain(self.chain), [drop])

    def drop_chain(self) -> None:
        """Play the instrument alone, without layer and effects, undoably."""
        self.set_chain(self.tr("the instrument alone"), Chain())

    def set_chain(self, text: str, chain: Chain) -> None:
        """Change effects or layer, undoably; text: the name of the step."""
        before, now = self.patch, self._bridge.now
        if before is not None and chain != self.chain:
            values = before.values
            if now is not None and not self.is_loading:
                values = now.rack.rename_values(values, chain)
            after = replace(before, chain=chain, values=values)
            self.recall(after)
            self.undo_stack.push_state(text, before, after, self._recall)

    def recall(self, patch: Patch) -> None:
        """Load a patch, or only set the values where nothing else differs from what plays."""
        self.end_gesture()
        plays = self._model.plays(patch.path)
        if plays and patch.values and patch.chain in (None, self.chain):
            for name, value in patch.values.items():
                self._set(name, value)
            return
        requested = self._model.request(patch)
        if plays and patch.chain is not None:
            self._bridge.engine.arrange(requested)
        else:
            self._bridge.engine.load(requested)

    def reload(self) -> None:
        """Load what plays, or was about to, into an engine that plays nothing yet."""
        if self.patch is not None:
            self._bridge.engine.load(self._model.request(self.patch))

    def load_missing(self) -> None:
        """Try again to load what of the chain could not be loaded; all else plays on."""
        if self.patch is not None:
            self.end_gesture()
            self._bridge.engine.arrange(self._model.request(self.patch))

    def set_value(self, name: str, value: float) -> None:
        """Change a value as its knob would, undoably."""
        if name in self._model and self._model.value(name) != value:
            self._change(self._model.index(name), value)

    def end_gesture(self) -> None:
        """Close the undo step of the present movement: the next change is a step of its own."""
        self.undo_stack.close_step()

    def _recall(self, patch: object) -> None:
        assert isinstance(patch, Patch)
        self.recall(patch)

    def _change(self, index: int, value: float) -> None:
        spec = self._specs[index]
        before = self._model.value(spec.name)
        self._model.set_value(index, value)
        self.undo_stack.push_value(
            self.tr("turn of {0}").format(spec.full_name), spec.name, (before, value), self._set
        )

    def _set(self, name: str, value: float) -> None:
        """Set a value of what plays, or of the patch that is being loaded."""
        self.end_gesture()
        if self._model.requested is not None:
            self._model.requested.values[name] = value
            self._bridge.engine.load(self._model.requested)
        elif name in self._model:
            self._model.set_value(self._model.index(name), value)
            if is_power(name):
                self.chain_changed.emit()

    def _show_value(self, index: int, value: float, origin: Origin) -> None:
        self._knobs.set_value(index, value)
        if origin is Origin.ENGINE and is_power(self._specs[index].name):
            self.chain_changed.emit()

    def _describe_chain(self, chain: Chain) -> str:
        """What stays beside another instrument, as a sentence."""
        effects = [
            translate_effect(effect.kind, effect.number)
            for effect in chain.effects
            if effect.slot != ROOM and effect.kind != PLUGIN
        ]
        effects += [
            self._titles.get(effect.slot) or find_title(effect.source)
            for effect in chain.effects
            if effect.kind == PLUGIN
        ]
        room = next(effect.source for effect in chain.effects if effect.slot == ROOM)
        if room != OWN_ROOM:
            effects.append(self.tr("no room") if room == NO_ROOM else self.tr("the room"))
        names = ", ".join(effects)
        if chain.layer is None:
            return self.tr("What follows the instrument stays: {0}").format(names)
        second = display_name(self.second_title)
        if not names:
            return self.tr("The second instrument stays: {0}").format(second)
        return self.tr("The second instrument and what follows it stay: {0}; {1}").format(second, names)

    def _chain_of(self, path: Path) -> Chain:
        """The chain as it is kept for an instrument: the state of another one is not its own."""
        is_same = self.patch is not None and self.patch.path == path
        return self.chain if is_same else replace(self.chain, state=b"", routing=USUAL_ROUTING)

    def _has_slot(self, slot: str) -> bool:
        return slot in self._slots or slot in self._titles or slot in self._missing

    def _layer_and_effect_values(self) -> dict[str, float]:
        """The values that stay when another instrument is loaded: of layer and effects but its own room."""
        values = self.patch.values if self.patch is not None else {}
        own = [effect.slot for effect in self.chain.effects if effect.kind != ROOM or effect.source != OWN_ROOM]
        kept = [*own, LAYER] if self.chain.layer is not None else own
        slots = {each.name: each.slot for each in self._model.definitions}
        missing = self._model.missing_values
        return {
            name: value
            for name, value in values.items()
            if name in missing or slots.get(name, name).partition(" ")[0] in kept
        }

    def _show_rack(self, now: Loaded) -> None:
        if self._model.requested is not None:
            return  # a newer patch is being loaded
        self._specs = specs(now)
        if now.follows_voice and VOICE not in self._slots:
            self._slot = VOICE  # what a singer adjusts first
        self._slots = [parameter.slot for parameter in now.parameters]
        self._titles, self._missing = now.titles, now.missing
        switches = [spec for spec in self._specs if _is_switch(spec)]
        words = {spec.name: (self.tr("off"), self.tr("on")) for spec in switches if not spec.is_foreign}
        words |= {spec.name: (spec.format(0), spec.format(1)) for spec in switches if spec.is_foreign}
        words |= dict.fromkeys((PLAY_PARAM, f"{LAYER} {PLAY_PARAM}"), (self.tr("as learned"), self.tr("notes")))
        self._hidden = frozenset(hidden(now))
        self._knobs.set_knobs(self._specs, self._slots, words, self._hidden)
        for index, spec in enumerate(self._specs):
            self._knobs.set_value(index, self._model.value(spec.name))
        self.shown.emit()
        self.show_slot(self._slot if self._has_slot(self._slot) else INSTRUMENT)


def _is_switch(spec: KnobSpec) -> bool:
    """Whether a parameter is either off or on: of Luthier by its name, of others as they say."""
    return spec.is_switch if spec.is_foreign else is_switch(spec.name)
