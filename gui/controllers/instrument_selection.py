"""What plays next: chosen in the browser, by a program change, for a voice, or because it was just made."""

from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from gui.browser.browser import Browser
from gui.browser.catalogue import Entry
from gui.engine_bridge import Player
from session import patch_file
from session.messages import Loaded

from .parameters import Tuning
from .preset_files import Housekeeping

SUNG = "violin"  # what follows a voice, where there is a choice


class Choosing(QObject):
    """Keeps the mark in the browser at what plays."""

    told = pyqtSignal(str, bool)

    def __init__(self, browser: Browser, player: Player, tuning: Tuning, house: Housekeeping) -> None:
        super().__init__()
        self._browser, self._player, self._tuning, self._house = browser, player, tuning, house
        browser.chosen.connect(self.choose)
        player.loaded.connect(self._list)
        player.failed.connect(self.mark)
        player.program.connect(self._change_program)
        house.scanned.connect(self.mark)
        house.moved.connect(self._follow)
        house.saved.connect(self._go_on_as)

    def choose(self, entry: Entry) -> None:
        """Let an instrument play, or say why it cannot."""
        if entry.fault:
            self.told.emit(entry.fault, True)
        else:
            self._tuning.choose(entry.path)

    def choose_singer(self) -> None:
        """An instrument that follows a voice, the violin rather than another."""
        found = [each for each in self._house.entries if each.kind == "ddsp" and not each.fault]
        if found:
            self.choose(min(found, key=lambda entry: entry.name != SUNG))

    def take_in(self, path: Path) -> None:
        """What was learned is listed, and plays."""
        self._house.scan()
        self._tuning.choose(path)

    def save(self) -> None:
        """Keep where the knobs stand, under a name."""
        setting = self._tuning.setting
        if self._player.now is not None and setting is not None:
            self._house.save(self._player.now, setting.values)

    def mark(self, _: object = None) -> None:
        """Mark what plays."""
        if self._player.now is not None:
            self._browser.set_current(self._player.now.path)

    def _list(self, now: Loaded) -> None:
        """What was opened from elsewhere is listed as well."""
        if self._house.entries and all(entry.path != now.path for entry in self._house.entries):
            self._house.scan()
        self.mark()

    def _change_program(self, number: int) -> None:
        """Program N is the N-th instrument, as the command lists them: settings and opened files do not count."""
        listed = [
            entry for entry in self._house.entries if not entry.elsewhere and not patch_file.is_saved(entry.path)
        ]
        if number < len(listed):
            self.choose(listed[number])

    def _go_on_as(self, path: Path) -> None:
        """What plays goes on under the name that it was saved as."""
        now = self._tuning.setting
        if now is not None:
            self._tuning.recall(replace(now, path=path))

    def _follow(self, before: Path, after: Path) -> None:
        """A file was renamed: what plays goes on under its new name."""
        if self._player.now is not None and self._player.now.path == before:
            self._go_on_as(after)
