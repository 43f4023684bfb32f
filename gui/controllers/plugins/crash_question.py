"""The question about plugins that ended Luthier while they were opened: they are left out until it is answered."""

from collections.abc import Callable, Container
from functools import partial

from PyQt6.QtCore import QObject, pyqtSignal

from engine.foreign import is_foreign
from engine.foreign.scan import find_title
from gui.controllers.parameters import ParameterController
from gui.widgets.notice_bar import NoticeAction
from session.crash_marker import LoadingMarker
from session.patch import PLUGIN, Chain, Patch
from session.rack import LAYER


class CrashQuestion(QObject):
    """Asks once in a start about each plugin that is left out of what was loaded."""

    offered = pyqtSignal(str, list)  # text, and NoticeActions

    def __init__(self, parameters: ParameterController, marker: LoadingMarker) -> None:
        super().__init__()
        self._parameters, self._marker = parameters, marker
        self._asked: set[str] = set()
        self._question: tuple[str, list[NoticeAction]] | None = None  # about what was loaded last
        self._patch: Patch | None = None  # of an instrument that is left out, while something plays in its place
        parameters.shown.connect(self._ask)

    def leave_out_crashed(self) -> list[str]:
        """Leave out what was opened when the last start ended, from now on; the names of it."""
        crashed = self._marker.plugins()
        if crashed:
            self._marker.leave_out(crashed)
        return crashed

    def stands_for(self, patch: Patch) -> bool:
        """Whether the instrument of a patch is left out; then that is asked, too, once something plays."""
        is_left_out = is_foreign(patch.path) and self._marker.is_left_out(patch.path)
        self._patch = patch if is_left_out else None
        return is_left_out

    def repeat(self, why: str) -> None:
        """Something else of what was loaded has failed: ask again, below the reason."""
        if self._question is not None:
            words, actions = self._question
            self.offered.emit(f"⚠ {why}\n{words}", actions)

    def _ask(self) -> None:
        """Ask about what is left out of what plays, if that was not asked."""
        self._question = None
        instrument = [str(self._patch.path)] if self._patch is not None else []
        names = [*instrument, *filter(self._marker.is_left_out, plugins_of(self._parameters.chain))]
        if set(names) <= self._asked:
            return
        self._asked |= set(names)
        patch, self._patch = self._patch, None
        words = self.tr(
            "Luthier has ended while {0} was opened. It is left out; its place and what it saved are kept"
        )
        titles = ", ".join(dict.fromkeys(find_title(name) for name in names))
        again: Callable[[], object] = partial(self._open_again, names, patch)
        actions = [
            NoticeAction(self.tr("Open it again"), again),
            NoticeAction(self.tr("Go on without it"), self._drop_question),
        ]
        self._question = words.format(titles), actions
        self.offered.emit(*self._question)

    def _drop_question(self) -> None:
        self._question = None

    def _open_again(self, names: list[str], patch: Patch | None) -> None:
        """Open plugins after all. patch: whose instrument is one of them."""
        self._drop_question()
        for name in names:
            self._marker.allow(name)
        if patch is not None:
            self._parameters.recall(patch)
        else:
            self._parameters.load_missing()


def plugins_of(chain: Chain, missing: Container[str] = ()) -> list[str]:
    """The names of the plugins from elsewhere in a chain, without those of some slots."""
    layer = chain.layer.path if chain.layer is not None and LAYER not in missing else ""
    effects = (effect.source for effect in chain.effects if effect.kind == PLUGIN and effect.slot not in missing)
    return [*([layer] if is_foreign(layer) else []), *effects]
