"""The parameter panel: the knobs of a slot in a row, or the generic editor where there are more than a row shows."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.widgets import factory
from gui.widgets.knob.knob import Knob
from gui.widgets.knob.panel import KnobPanel
from gui.widgets.knob.spec import KnobSpec
from gui.widgets.knob.switch import Switch
from gui.widgets.parameter_list.editor import ParameterEditor

MAX_ROW_KNOBS = 16  # of a slot: the editor shows those with more


class ParameterPanel(QWidget):
    """Emits the index of a parameter and its value; `editing_finished` ends a gesture."""

    value_edited = pyqtSignal(int, float)
    editing_finished = pyqtSignal()
    learn_requested = pyqtSignal(int)
    forget_requested = pyqtSignal(int)
    editor_shown = pyqtSignal(bool)  # whether the editor is shown, which wants more room than the row

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row, self.editor = KnobPanel(), ParameterEditor()
        self.editor.hide()
        self.fault_label = factory.label(secondary=True)  # in place of the knobs of what does not play
        self.fault_label.setWordWrap(True)
        self.fault_label.setContentsMargins(12, 8, 12, 8)
        self.fault_label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.fault_label.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.row, self.editor, self.fault_label):
            column.addWidget(widget)
        for source in (self.row, self.editor.list):
            source.value_edited.connect(self.value_edited)
            source.editing_finished.connect(self.editing_finished)
            source.learn_requested.connect(self.learn_requested)
            source.forget_requested.connect(self.forget_requested)

    @property
    def knobs(self) -> Mapping[int, Knob | Switch]:
        """The knobs and switches of the slots that are shown in a row, by index."""
        return self.row.knobs

    def set_knobs(
        self,
        specs: Sequence[KnobSpec],
        slots: Sequence[str],
        switches: Mapping[str, tuple[str, str]],
        hidden: Collection[str],
    ) -> None:
        """Make a knob, a switch, or a row of the editor for each spec but those hidden. slots: of each spec."""
        counts = Counter(slot for spec, slot in zip(specs, slots, strict=True) if spec.name not in hidden)
        listed = {
            index: spec
            for index, (spec, slot) in enumerate(zip(specs, slots, strict=True))
            if counts[slot] > MAX_ROW_KNOBS and spec.name not in hidden
        }
        self.editor.set_specs(listed)
        self.row.set_knobs(specs, switches, {*hidden, *(spec.name for spec in listed.values())})

    def set_shown(self, indices: Collection[int]) -> None:
        """Show the parameters of these indices, and hide the others."""
        listed = [index for index in indices if index in self.editor.specs]
        self.row.set_shown(indices)
        self.editor.set_shown(listed)
        self.row.setVisible(not listed)
        self.editor.setVisible(bool(listed))
        self.editor_shown.emit(bool(listed))

    def show_fault(self, text: str) -> None:
        """Show why the slot has no knobs; empty: it plays."""
        self.fault_label.setText(text)
        self.fault_label.setVisible(bool(text))
        if text:
            self.row.hide()

    def set_value(self, index: int, value: float) -> None:
        """Show a value; emits nothing."""
        self.row.set_value(index, value)
        self.editor.list.rows.set_value(index, value)

    def set_controllers(self, controllers: Mapping[int, int | None], learning: int | None) -> None:
        """Show the MIDI controllers of the parameters, and the one that waits for one."""
        self.row.set_controllers(controllers, learning)
        self.editor.list.rows.set_controllers(controllers, learning)

    def set_controller_positions(self, positions: Mapping[int, float]) -> None:
        """Mark the controllers that have not picked up their values yet, as shares of the range."""
        self.row.set_controller_positions(positions)
        self.editor.list.rows.set_positions(positions)

    def focus_search(self) -> bool:
        """Put the focus into the search field of the editor, if keys go to it; whether they do."""
        if self.editor.has_focus:
            self.editor.focus_search()
        return self.editor.has_focus
