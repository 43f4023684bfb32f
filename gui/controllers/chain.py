"""The chain controller: adds, moves, switches and removes effects and the second instrument, undoably."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from engine.effects import EFFECTS, ROOM
from engine.kinds import KINDS
from engine.sound_file.suffixes import READABLE_SUFFIXES
from gui import engine_translation
from gui.browser.catalogue import Entry, display_name
from gui.dialogs import name_and_file_prompts
from gui.panels.chain_bar import ChainBar, ChainSlot
from gui.panels.split_bar import SplitBar
from session.patch import OWN_ROOM, PLUGIN, Chain, Effect, Layer
from session.patch_file import is_patch
from session.rack import INSTRUMENT, LAYER, LAYER_ROOM, VOICE

from .parameters import ParameterController
from .plugins.plugin_faults import PluginFaults
from .plugins.plugin_presets import PresetController
from .plugins.plugin_routing import RoutingController

FILE = "file"  # the key of the offer of a room from a sound file
LAYER_OFFER = "beside "  # prefix of the offers of a second instrument
ROOM_OFFER, SECOND_ROOM_OFFER = "room of ", "second room of "  # prefixes of the offers of rooms of instruments
SECOND_FILE = "second file"  # the key of the offer of one more room from a sound file
PLUGINS = "plugins"  # the key of the offer of a plugin from elsewhere


class ChainController(QObject):
    """Shows the chain in the chain bar."""

    plugins_requested = pyqtSignal()  # a choice among all that are installed

    def __init__(
        self, parameters: ParameterController, faults: PluginFaults, presets: PresetController, chain_bar: ChainBar,
        split_bar: SplitBar,
    ) -> None:  # fmt: skip
        super().__init__()
        self._parameters, self._chain_bar, self._split_bar = parameters, chain_bar, split_bar
        self._faults, self._presets = faults, presets
        self._entries: list[Entry] = []
        self.routing = RoutingController(parameters, chain_bar)
        parameters.chain_changed.connect(self._show)
        faults.changed.connect(self._show)
        presets.changed.connect(self._show)
        chain_bar.selected.connect(parameters.show_slot)
        chain_bar.switched.connect(self._switch)
        chain_bar.moved.connect(self._move)
        chain_bar.removed.connect(self._remove)
        chain_bar.added.connect(self._add)
        chain_bar.cleared.connect(parameters.drop_chain)
        split_bar.changed.connect(self._set_split)

    def set_entries(self, entries: list[Entry]) -> None:
        """Offer the instruments of the browser as second ones, and their rooms."""
        self._entries = [entry for entry in entries if not entry.error]
        self._show()

    def add_layer(self, path: Path) -> None:
        """Add a second instrument, on all keys, or replace it."""
        chain = self._parameters.chain
        layer, before = Layer(str(path)), chain.layer
        if before is not None:  # what it keeps is not the other one's
            layer = replace(layer, split=before.split, above=before.above, channels=before.channels)
        self._parameters.set_chain(self.tr("second instrument"), replace(chain, layer=layer))
        self._parameters.show_slot(LAYER)

    def add_room(self, source: str) -> None:
        """Use another room: OWN_ROOM, a sound file, or an instrument's."""
        self._parameters.set_chain(self.tr("another room"), self._parameters.chain.with_effect(ROOM, source))
        self._parameters.show_slot(ROOM)

    def add_effect(self, kind: str, source: str = OWN_ROOM) -> None:
        """Add one more effect at the end, even if there is one of its kind."""
        chain = self._parameters.chain.with_another(kind, source)
        self._parameters.set_chain(self.tr("one more effect"), chain)
        self._parameters.show_slot(chain.slots[-1])

    def add_plugin(self, source: str) -> None:
        """Add an effect from elsewhere at the end. source: its name, as `engine.foreign.parse` takes it."""
        self.add_effect(PLUGIN, source)

    def _show(self) -> None:
        if self._parameters.patch is None:
            return
        chain, names = self._parameters.chain, self._parameters.slots
        slots = [ChainSlot(VOICE, self.tr("Voice"))] if VOICE in names else []
        slots.append(self._foreign_slot(ChainSlot(INSTRUMENT, display_name(self._parameters.title))))
        effects = self._effects()
        slots += [slot for slot in effects if slot.fixed]
        layer = chain.layer
        if layer is not None:
            title = display_name(self._parameters.second_title)
            fault = self._describe_fault(self._parameters.missing.get(LAYER, ""))
            slots.append(self._foreign_slot(ChainSlot(LAYER, title, removable=True, fault=fault)))
            if LAYER_ROOM in names:
                words = self.tr("Room of {0}").format(title)
                slots.append(ChainSlot(LAYER_ROOM, words, self._is_on(LAYER_ROOM)))
        slots += [slot for slot in effects if not slot.fixed]
        self._chain_bar.set_slots(slots, self._parameters.slot)
        faults = (slot.fault for slot in slots if slot.name == self._parameters.slot)
        self._parameters.show_fault(next(faults, ""))
        self._chain_bar.set_offers(self._offers())
        self._chain_bar.set_clearable(chain != Chain())
        self._split_bar.setVisible(layer is not None and self._parameters.slot == LAYER)
        if layer is not None:
            self._split_bar.show_split(layer.split, layer.above, layer.channels)

    def _effects(self) -> list[ChainSlot]:
        """The slots of the effects that play, and of those from elsewhere that are missing."""
        names, found = self._parameters.slots, list[ChainSlot]()
        for effect in self._parameters.chain.effects:
            slot = effect.slot
            if effect.kind == PLUGIN:
                title, fault = self._name_plugin(slot, [each.title for each in found])
                if title:
                    made = ChainSlot(slot, title, self._is_on(slot), False, True, fault)
                    found.append(self._foreign_slot(made))
            elif slot in names:
                fixed = slot == ROOM and LAYER_ROOM in names
                found.append(ChainSlot(slot, self._title(effect), self._is_on(slot), fixed, True))
        return found

    def _foreign_slot(self, slot: ChainSlot) -> ChainSlot:
        """A slot with what can be chosen for its plugin, and what goes wrong in it, where that is a foreign one."""
        choices, presets = self.routing.choices(slot.name), self._presets.presets(slot.name)
        return replace(slot, choices=choices, presets=presets, warning=self._faults.describe(slot.name))

    def _name_plugin(self, slot: str, taken: list[str]) -> tuple[str, str]:
        """The title of an effect from elsewhere, and why it does not play; both empty while it is being loaded."""
        missing = self._parameters.missing.get(slot, "")
        title = missing or self._parameters.titles.get(slot, "")
        numbered = (f"{title} {number}" for number in itertools.count(2))
        unique = next(each for each in itertools.chain([title], numbered) if each not in taken)
        return unique if title else "", self._describe_fault(missing)

    def _describe_fault(self, missing: str) -> str:
        """Why something does not play; empty where nothing is missing."""
        words = self.tr("{0} could not be opened: its place and what it has saved are kept")
        return words.format(missing) if missing else ""

    def _is_on(self, slot: str) -> bool | None:
        """Whether an effect is switched on; None where it cannot be switched."""
        patch, name = self._parameters.patch, self._parameters.switch_name(slot)
        return patch is None or patch.values.get(name, 1.0) > 0.5 if name else None

    def _title(self, effect: Effect) -> str:
        if effect.kind != ROOM or effect.source == OWN_ROOM:
            return engine_translation.translate_effect(effect.kind, effect.number)
        name = display_name(Path(effect.source).stem)
        if effect.number == 1:
            return self.tr("Room: {0}").format(name)
        return self.tr("Room {0}: {1}").format(effect.number, name)

    def _room_source(self) -> str:
        return next(effect.source for effect in self._parameters.chain.effects if effect.slot == ROOM)

    def _offers(self) -> dict[str, list[tuple[str, str]]]:
        """What can be added: title and key, by group."""
        instruments = [entry for entry in self._entries if not is_patch(entry.path)]
        with_room = [entry for entry in instruments if KINDS[entry.kind].has_room]
        rooms = [(display_name(entry.name), entry.name) for entry in with_room]
        own = [(self.tr("Its own"), "")] if self._room_source() != OWN_ROOM else []
        file = self.tr("From a sound file…")
        offers = {
            "": [
                *((self._title(Effect(kind)), kind) for kind in EFFECTS if kind != ROOM),
                (self.tr("Plugins…"), PLUGINS),
            ],
            self.tr("Room"): [*((title, ROOM_OFFER + name) for title, name in (*own, *rooms)), (file, FILE)],
        }
        if ROOM in self._parameters.slots:
            others = [(title, SECOND_ROOM_OFFER + name) for title, name in rooms]
            offers[self.tr("One more room")] = [*others, (file, SECOND_FILE)]
        layers = [(display_name(entry.name), LAYER_OFFER + str(entry.path)) for entry in instruments]
        return {**offers, self.tr("Second instrument"): layers}

    def _add(self, key: str) -> None:
        if key.startswith(LAYER_OFFER):
            self.add_layer(Path(key.removeprefix(LAYER_OFFER)))
        elif key.startswith(ROOM_OFFER):
            self.add_room(key.removeprefix(ROOM_OFFER))
        elif key.startswith(SECOND_ROOM_OFFER):
            self.add_effect(ROOM, key.removeprefix(SECOND_ROOM_OFFER))
        elif key == PLUGINS:
            self.plugins_requested.emit()
        elif key == FILE:
            self._ask_room(self.add_room)
        elif key == SECOND_FILE:
            self._ask_room(lambda source: self.add_effect(ROOM, source))
        else:
            self.add_effect(key)

    def _ask_room(self, use: Callable[[str], None]) -> None:
        """Ask for a sound file, and use its path."""
        kinds = self.tr("Sound files ({0})").format(" ".join(f"*{suffix}" for suffix in READABLE_SUFFIXES))
        name_and_file_prompts.ask_files(
            self._chain_bar,
            self.tr("A room"),
            name_and_file_prompts.ROOMS,
            kinds,
            lambda paths: use(str(paths[0])),
        )

    def _switch(self, slot: str) -> None:
        name = self._parameters.switch_name(slot)
        if name not in self._parameters:
            return  # the chain has just changed
        self._parameters.set_value(name, 0.0 if self._parameters.value(name) > 0.5 else 1.0)
        self._parameters.end_gesture()
        self._show()

    def _move(self, slot: str, by: int) -> None:
        slots = [each.name for each in self._chain_bar.slots if not each.fixed]
        index = slots.index(slot) if slot in slots else -1
        other = index + by
        if index >= 0 and 0 <= other < len(slots):
            slots[index], slots[other] = slots[other], slots[index]
            self._parameters.set_chain(self.tr("order of effects"), self._parameters.chain.ordered(slots))

    def _remove(self, slot: str) -> None:
        chain = self._parameters.chain
        after = replace(chain, layer=None) if slot == LAYER else chain.without(slot)
        text = self.tr("one effect less") if slot != LAYER else self.tr("second instrument")
        self._parameters.set_chain(text, after)

    def _set_split(self, split: int, above: bool, first: int, second: int) -> None:
        chain = self._parameters.chain
        if chain.layer is not None:
            changed = replace(chain.layer, split=split, above=above, channels=(first, second))
            self._parameters.set_chain(self.tr("split"), replace(chain, layer=changed))
