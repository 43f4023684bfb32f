"""The chain controller: adds, moves, switches and removes effects and the second instrument, undoably."""

from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QObject

from engine.effects import EFFECTS, ROOM, effect_class
from engine.kinds import KINDS
from engine.sound_file.suffixes import READABLE_SUFFIXES
from gui import engine_translation
from gui.browser.catalogue import Entry, display_name
from gui.dialogs import name_and_file_prompts
from gui.panels.chain_bar import ChainBar, ChainSlot
from gui.panels.split_bar import SplitBar
from session.patch import OWN_ROOM, Chain, Layer
from session.patch_file import is_patch
from session.rack import INSTRUMENT, LAYER, LAYER_ROOM, ON, VOICE

from .parameters import ParameterController

FILE = "file"  # the key of the offer of a room from a sound file
LAYER_OFFER = "beside "  # prefix of the offers of a second instrument
ROOM_OFFER = "room of "  # prefix of the offers of rooms of instruments


class ChainController(QObject):
    """Shows the chain in the chain bar."""

    def __init__(self, parameters: ParameterController, chain_bar: ChainBar, split_bar: SplitBar) -> None:
        super().__init__()
        self._parameters, self._chain_bar, self._split_bar = parameters, chain_bar, split_bar
        self._entries: list[Entry] = []
        parameters.chain_changed.connect(self._show)
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
        layer = replace(chain.layer, path=str(path)) if chain.layer is not None else Layer(str(path))
        self._parameters.set_chain(self.tr("second instrument"), replace(chain, layer=layer))
        self._parameters.show_slot(LAYER)

    def add_room(self, source: str) -> None:
        """Use another room: OWN_ROOM, a sound file, or an instrument's."""
        self._parameters.set_chain(self.tr("another room"), self._parameters.chain.with_effect(ROOM, source))
        self._parameters.show_slot(ROOM)

    def _show(self) -> None:
        patch = self._parameters.patch
        if patch is None:
            return
        chain, names = self._parameters.chain, self._parameters.slots
        slots = [ChainSlot(VOICE, self.tr("Voice"))] if VOICE in names else []
        slots.append(ChainSlot(INSTRUMENT, display_name(patch.path.stem)))
        effects = [
            ChainSlot(
                kind,
                self._title(kind),
                self._is_on(kind),
                fixed=kind == ROOM and LAYER_ROOM in names,
                removable=True,
            )
            for kind in chain.kinds
            if kind in names
        ]
        slots += [slot for slot in effects if slot.fixed]
        layer = chain.layer
        if layer is not None:
            title = display_name(Path(layer.path).stem)
            slots.append(ChainSlot(LAYER, title, removable=True))
            if LAYER_ROOM in names:
                words = self.tr("Room of {0}").format(title)
                slots.append(ChainSlot(LAYER_ROOM, words, self._is_on(LAYER_ROOM)))
        slots += [slot for slot in effects if not slot.fixed]
        self._chain_bar.set_slots(slots, self._parameters.slot)
        self._chain_bar.set_offers(self._offers())
        self._chain_bar.set_clearable(chain != Chain())
        self._split_bar.setVisible(layer is not None and self._parameters.slot == LAYER)
        if layer is not None:
            self._split_bar.show_split(layer.split, layer.above, layer.channels)

    def _is_on(self, slot: str) -> bool:
        patch = self._parameters.patch
        return patch is None or patch.values.get(f"{slot} {ON}", 1.0) > 0.5

    def _title(self, kind: str) -> str:
        if kind != ROOM:
            return engine_translation.translate_term(effect_class(kind).title)
        source = self._room_source()
        return self.tr("Room") if source == OWN_ROOM else self.tr("Room: {0}").format(display_name(Path(source).stem))

    def _room_source(self) -> str:
        return next(effect.source for effect in self._parameters.chain.effects if effect.kind == ROOM)

    def _offers(self) -> dict[str, list[tuple[str, str]]]:
        """What can be added: title and key, by group."""
        chain = self._parameters.chain
        instruments = [entry for entry in self._entries if not is_patch(entry.path)]
        with_room = [entry for entry in instruments if KINDS[entry.kind].has_room]
        rooms = [(display_name(entry.name), ROOM_OFFER + entry.name) for entry in with_room]
        own = [(self.tr("Its own"), ROOM_OFFER)] if self._room_source() != OWN_ROOM else []
        return {
            "": [(self._title(kind), kind) for kind in EFFECTS if kind != ROOM and kind not in chain.kinds],
            self.tr("Room"): [*own, *rooms, (self.tr("From a sound file…"), FILE)],
            self.tr("Second instrument"): [
                (display_name(entry.name), LAYER_OFFER + str(entry.path)) for entry in instruments
            ],
        }

    def _add(self, key: str) -> None:
        if key.startswith(LAYER_OFFER):
            self.add_layer(Path(key.removeprefix(LAYER_OFFER)))
        elif key.startswith(ROOM_OFFER):
            self.add_room(key.removeprefix(ROOM_OFFER))
        elif key == FILE:
            kinds = self.tr("Sound files ({0})").format(" ".join(f"*{suffix}" for suffix in READABLE_SUFFIXES))
            name_and_file_prompts.ask_files(
                self._chain_bar,
                self.tr("A room"),
                name_and_file_prompts.ROOMS,
                kinds,
                lambda paths: self.add_room(str(paths[0])),
            )
        else:
            self._parameters.set_chain(self.tr("one more effect"), self._parameters.chain.with_effect(key))
            self._parameters.show_slot(key)

    def _switch(self, slot: str) -> None:
        name = f"{slot} {ON}"
        if name not in self._parameters:
            return  # the chain has just changed
        self._parameters.set_value(name, 0.0 if self._parameters.value(name) > 0.5 else 1.0)
        self._parameters.end_gesture()
        self._show()

    def _move(self, kind: str, by: int) -> None:
        kinds = [slot.name for slot in self._chain_bar.slots if not slot.fixed]
        index = kinds.index(kind) if kind in kinds else -1
        other = index + by
        if index >= 0 and 0 <= other < len(kinds):
            kinds[index], kinds[other] = kinds[other], kinds[index]
            self._parameters.set_chain(self.tr("order of effects"), self._parameters.chain.ordered(kinds))

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
