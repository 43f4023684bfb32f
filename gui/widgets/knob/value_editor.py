"""A line edit over a knob for typing its value."""

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QLineEdit, QWidget

from .spec import KnobSpec

HEIGHT = 22  # pixels


class ValueEditor(QLineEdit):
    """Enter or losing the focus emits `entered` if the text is a value; Esc cancels. Deletes itself after either."""

    entered = pyqtSignal(float)

    def __init__(self, owner: QWidget, spec: KnobSpec, value: float) -> None:
        super().__init__(spec.format(value), owner)
        self._open = True
        self.setAccessibleName(owner.accessibleName())
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setStyleSheet("padding: 0 2px; border-radius: 3px;")
        self.setGeometry(2, owner.height() - HEIGHT - 2, owner.width() - 4, HEIGHT)
        self.editingFinished.connect(lambda: self._finish(spec.parse(self.text())))
        self.selectAll()
        self.show()
        self.setFocus()

    def event(self, event: QEvent | None) -> bool:
        """Handle Esc before the window's shortcut does."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
            elif event.type() == QEvent.Type.KeyPress:
                self._finish(None)
            return True
        return super().event(event)

    def _finish(self, value: float | None) -> None:
        if not self._open:
            return
        self._open = False
        owner = self.parentWidget()
        if owner is not None:
            owner.setFocus()
        self.deleteLater()
        if value is not None:
            self.entered.emit(value)
