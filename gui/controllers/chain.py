"""Wires the chain: what is added, moved, switched and taken away goes through the history like any turn of a knob."""

from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QObject

from engine.effects import EFFECTS, ROOM, effect_class
from gui import terms
from gui.browser.catalogue import Entry
from gui.dialogs import prompts
from gui.panels.chain_bar import ChainBar, Link
from gui.panels.split_bar import SplitBar
from session.patch import OWN_ROOM, Layer
from session.patch_file import is_patch
from session.rack import INSTRUMENT, LAYER, LAYER_ROOM, ON, VOICE

from .parameters import ParameterController

ROOMY = ("ddsp", "events")  # kinds that learn the room they stood in
FILE = "file"  # the offer of a room from a sound file
BESIDE = "beside "  # begins the offers of a second instrument,
ROOM_OF = "room of "  # and those of the rooms of instruments


class ChainController(QObject):
    """Keeps the bar as the chain is."""

    def __init__(self, parameters: ParameterController, bar: ChainBar, zones: SplitBar) -> None:
        super().__init__()
        self._parameters, self._bar, self._zones = parameters, bar, zones
        self._entries: list[Entry] = []
        parameters.rearranged.connect(self._show)
        bar.selected.connect(parameters.show_link)
        bar.switched.connect(self._switch)
        bar.moved.connect(self._move)
        bar.removed.connect(self._remove)
        bar.added.connect(self._add)
        zones.changed.connect(self._share)

    def set_entries(self, entries: list[Entry]) -> None:
        """What may stand beside an instrument, and whose rooms there are."""
        self._entries = [entry for entry in entries if not entry.fault]
        self._show()

    def stand_beside(self, path: Path) -> None:
        """Let a second instrument play on all keys."""
        chain = self._parameters.chain
        second = replace(chain.layer, path=str(path)) if chain.layer is not None else Layer(str(path))
        self._parameters.arrange(self.tr("second instrument"), replace(chain, layer=second))
        self._parameters.show_link(LAYER)

    def _show(self) -> None:
        setting = self._parameters.setting
        if setting is None:
            return
        chain, there = self._parameters.chain, self._parameters.links
        links = [Link(VOICE, self.tr("Voice"))] if VOICE in there else []
        links.append(Link(INSTRUMENT, setting.path.stem.capitalize()))
        effects = [
            Link(
                kind,
                self._title(kind),
                self._is_on(kind),
                fixed=kind == ROOM and LAYER_ROOM in there,
                removable=True,
            )
            for kind in chain.kinds
            if kind in there
        ]
        links += [link for link in effects if link.fixed]
        if chain.layer is not None:
            name = Path(chain.layer.path).stem.capitalize()
            links.append(Link(LAYER, name, removable=True))
            if LAYER_ROOM in there:
                words = self.tr("Room of {0}").format(name)
                links.append(Link(LAYER_ROOM, words, self._is_on(LAYER_ROOM)))
        links += [link for link in effects if not link.fixed]
        self._bar.set_links(links, self._parameters.link)
        self._bar.set_offers(self._offers())
        two = chain.layer
        self._zones.setVisible(two is not None and self._parameters.link == LAYER)
        if two is not None:
            self._zones.show_zones(two.split, two.above, two.channels)

    def _is_on(self, link: str) -> bool:
        setting = self._parameters.setting
        return setting is None or setting.values.get(f"{link} {ON}", 1.0) > 0.5

    def _title(self, kind: str) -> str:
        if kind != ROOM:
            return terms.said(effect_class(kind).title)
        source = next(effect.source for effect in self._parameters.chain.effects if effect.kind == ROOM)
        return self.tr("Room") if source == OWN_ROOM else self.tr("Room: {0}").format(Path(source).stem.capitalize())

    def _offers(self) -> dict[str, list[tuple[str, str]]]:
        """What is not there yet."""
        chain = self._parameters.chain
        source = next(effect.source for effect in chain.effects if effect.kind == ROOM)
        whole = [entry for entry in self._entries if not is_patch(entry.path)]
        rooms = [(entry.name.capitalize(), ROOM_OF + entry.name) for entry in whole if entry.kind in ROOMY]
        own = [(self.tr("Its own"), ROOM_OF)] if source != OWN_ROOM else []
        return {
            "": [(self._title(kind), kind) for kind in EFFECTS if kind != ROOM and kind not in chain.kinds],
            self.tr("Room"): [*own, *rooms, (self.tr("From a sound file…"), FILE)],
            self.tr("Second instrument"): [
                (entry.name.capitalize(), BESIDE + str(entry.path))
                for entry in whole
            ],
        }  # fmt: skip

    def _add(self, key: str) -> None:
        if key.startswith(BESIDE):
            self.stand_beside(Path(key.removeprefix(BESIDE)))
        elif key.startswith(ROOM_OF):
            self.add_room(key.removeprefix(ROOM_OF))
        elif key == FILE:
            kinds = self.tr("Sound files (*.wav *.flac *.aif *.aiff *.ogg)")
            prompts.ask_files(
                self._bar, self.tr("A room"), prompts.ROOMS, kinds, lambda paths: self.add_room(str(paths[0]))
            )
        else:
            self._parameters.arrange(self.tr("one more effect"), self._parameters.chain.with_effect(key))
            self._parameters.show_link(key)

    def add_room(self, source: str) -> None:
        """Put the sound into a room: OWN, a sound file, or an instrument's."""
        self._parameters.arrange(self.tr("another room"), self._parameters.chain.with_effect(ROOM, source))
        self._parameters.show_link(ROOM)

    def _switch(self, name: str) -> None:
        knob = f"{name} {ON}"
        self._parameters.turn(knob, 0.0 if self._parameters.value(knob) > 0.5 else 1.0)
        self._parameters.settle()
        self._show()

    def _move(self, name: str, by: int) -> None:
        kinds = [link.name for link in self._bar.links if not link.fixed]
        place = kinds.index(name)
        other = place + by
        if 0 <= other < len(kinds):
            kinds[place], kinds[other] = kinds[other], kinds[place]
            self._parameters.arrange(self.tr("order of effects"), self._parameters.chain.ordered(kinds))

    def _remove(self, name: str) -> None:
        chain = self._parameters.chain
        after = replace(chain, layer=None) if name == LAYER else chain.without(name)
        self._parameters.arrange(self.tr("one effect less") if name != LAYER else self.tr("second instrument"), after)

    def _share(self, split: int, above: bool, first: int, second: int) -> None:
        chain = self._parameters.chain
        if chain.layer is not None:
            changed = replace(chain.layer, split=split, above=above, channels=(first, second))
            self._parameters.arrange(self.tr("split"), replace(chain, layer=changed))
