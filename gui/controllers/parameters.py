"""The knobs of what plays: turned, told, taken back."""

from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from gui.engine_bridge import Player
from gui.widgets.knob.panel import Knobs
from gui.widgets.knob.spec import Spec
from session import bundle, patch_file
from session.messages import Loaded
from session.patch import OWN, ROOM, Chain, Setting
from session.rack import FIRST, SECOND, VOICE

from .parameter_specs import hidden, is_power, is_switch, specs
from .undo_stack import History


class Tuning(QObject):
    """Keeps the knobs on the screen, those of the engine and the history of both alike."""

    shown = pyqtSignal()  # other knobs are on the screen
    rearranged = pyqtSignal()  # what stands beside the instrument, or whether it is on

    def __init__(self, player: Player, knobs: Knobs) -> None:
        super().__init__()
        self.history = History(self)
        self._player, self._knobs = player, knobs
        self._specs: list[Spec] = []
        self._values: dict[str, float] = {}
        self._pending: Setting | None = None
        self._path: Path | None = None
        self._chain = Chain()
        self._link = FIRST  # whose knobs are shown
        self._links: list[str] = []  # of each knob
        knobs.turned.connect(self._turned)
        knobs.settled.connect(self.history.settle)
        player.loaded.connect(self._loaded)
        player.swayed.connect(self._swayed)
        player.failed.connect(self._failed)

    @property
    def setting(self) -> Setting | None:
        """What plays, or is about to."""
        if self._pending is not None:
            return self._pending
        return Setting(self._path, dict(self._values), self._chain) if self._path is not None else None

    @property
    def chain(self) -> Chain:
        """What stands beside the instrument that plays, or is about to."""
        return (self._pending.chain if self._pending is not None else None) or self._chain

    @property
    def names(self) -> list[str]:
        """The knobs that turn, in order; no switches."""
        return [
            spec.name
            for place, spec in enumerate(self._specs)
            if place in self._knobs.knobs and not is_switch(spec.name)
        ]

    @property
    def link(self) -> str:
        """Whose knobs are shown."""
        return self._link

    @property
    def links(self) -> list[str]:
        """What has knobs, in the order of the chain."""
        return list(dict.fromkeys(self._links))

    def show_link(self, link: str) -> None:
        """Show the knobs of an instrument, the second one, the voice or an effect."""
        self._link = link if link in self._links or self._pending is not None else FIRST
        self._knobs.set_shown([place for place, name in enumerate(self._links) if name == self._link])
        self.rearranged.emit()

    def value(self, name: str) -> float:
        """Where a knob stands."""
        return self._values[name]

    def place(self, name: str) -> tuple[float, float]:
        """The range of a knob."""
        spec = next(spec for spec in self._specs if spec.name == name)
        return spec.low, spec.high

    def choose(self, path: Path) -> None:
        """Let another instrument play; this can be taken back. What stands beside it stays, unless it brings that."""
        before = self.setting
        beside = Setting(path) if patch_file.is_saved(path) else Setting(path, self._beside(), self.chain)
        after = bundle.look(path) or beside
        self.recall(after)
        if before is not None:
            self.history.changed(self.tr("change of instrument"), before, after, self._recall)

    def arrange(self, words: str, chain: Chain) -> None:
        """Let other effects, or another second instrument, stand beside what plays; this can be taken back."""
        before = self.setting
        if before is not None and chain != self.chain:
            after = replace(before, chain=chain)
            self.recall(after)
            self.history.changed(words, before, after, self._recall)

    def recall(self, setting: Setting) -> None:
        """Bring back an instrument, where its knobs stood, and what stood beside it."""
        self.settle()
        there = setting.path == self._path and self._pending is None
        if there and setting.values and setting.chain in (None, self._chain):
            for name, value in setting.values.items():
                self._go(name, value)
            return
        self._pending = replace(setting, values=dict(setting.values))
        if there and setting.chain is not None:
            self._player.deck.arrange(self._pending)
        else:
            self._player.deck.load(self._pending)

    def turn(self, name: str, value: float) -> None:
        """Turn a knob from elsewhere, as if by its own."""
        place = next((i for i, spec in enumerate(self._specs) if spec.name == name), None)
        if place is not None and self._values[name] != value:
            self._turned(place, value)
            self._knobs.tell(place, value)

    def settle(self) -> None:
        """A movement of the hand is over: the next one is a step of its own."""
        self.history.settle()

    def _recall(self, setting: object) -> None:
        assert isinstance(setting, Setting)
        self.recall(setting)

    def _turned(self, place: int, value: float) -> None:
        spec = self._specs[place]
        before = self._values[spec.name]
        self._values[spec.name] = value
        self._player.turn(place, value)
        self.history.turned(self.tr("turn of {0}").format(spec.full), spec.name, (before, value), self._go)

    def _go(self, name: str, value: float) -> None:
        """Bring a knob to a value: of the instrument that plays, or of the one that is about to."""
        self.settle()
        if self._pending is not None:
            self._pending.values[name] = value
            self._player.deck.load(self._pending)
            return
        for place, spec in enumerate(self._specs):
            if spec.name == name:
                self._values[name] = value
                self._player.turn(place, value)
                self._knobs.tell(place, value)
                if is_power(name):
                    self.rearranged.emit()

    def _beside(self) -> dict[str, float]:
        """Where the knobs stand of what stays when another instrument is chosen; its own room does not."""
        values = self.setting.values if self.setting is not None else {}
        own = [effect.kind for effect in self.chain.effects if effect.kind != ROOM or effect.source != OWN]
        kept = [*own, SECOND] if self.chain.second is not None else own
        return {name: value for name, value in values.items() if name.partition(" ")[0] in kept}

    def _loaded(self, now: Loaded) -> None:
        wanted = self._pending
        if wanted is not None and (now.path != wanted.path or wanted.chain not in (None, now.chain)):
            return  # a newer wish is on its way
        self._pending, self._path, self._chain = None, now.path, now.chain
        self._specs = specs(now)
        if now.sung and VOICE not in self._links:
            self._link = VOICE  # what a singer wants to turn first
        self._links = [knob.link for knob in now.knobs]
        self._values = {spec.name: now.values.get(spec.name, spec.default) for spec in self._specs}
        words = {spec.name: (self.tr("off"), self.tr("on")) for spec in self._specs if is_switch(spec.name)}
        words |= dict.fromkeys(("play", SECOND + " play"), (self.tr("as learned"), self.tr("notes")))
        self._knobs.set_knobs(self._specs, words, hidden(now))
        for place, spec in enumerate(self._specs):
            self._knobs.tell(place, self._values[spec.name])
        self.shown.emit()
        self.show_link(self._link if self._link in self._links else FIRST)

    def _failed(self, _: str) -> None:
        self._pending = None

    def _swayed(self, place: int, value: float) -> None:
        if place < len(self._specs):
            self._values[self._specs[place].name] = value
            self._knobs.tell(place, value)
            if is_power(self._specs[place].name):
                self.rearranged.emit()
