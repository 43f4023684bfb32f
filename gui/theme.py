"""The theme: two sets of colours, one accent, one typographic scale.

Painted widgets take their colours from the palette roles named here, so that a change of theme reaches them too.
"""

from dataclasses import dataclass

from PyQt6.QtGui import QColor, QFont, QPalette
from PyQt6.QtWidgets import QApplication

Role = QPalette.ColorRole
WINDOW_BACKGROUND, PANEL, RAISED, BORDER = Role.Window, Role.Base, Role.Button, Role.Mid
TEXT, SECONDARY_TEXT, ACCENT, ON_ACCENT, VIEW_BACKGROUND = (
    Role.WindowText,
    Role.PlaceholderText,
    Role.Highlight,
    Role.HighlightedText,
    Role.Dark,
)
WARNING = Role.BrightText

BASE_POINTS = 9.5  # of running text
SCALE_STEP = 1.25  # ratio of two steps of the typographic scale
CAPTION, BODY, TITLE, DISPLAY = -1, 0, 2, 4
GAP = 8  # pixels between widgets


@dataclass(frozen=True)
class Colours:
    """The colours of one theme."""

    window: str
    panel: str
    raised: str
    border: str
    view: str
    text: str
    secondary: str
    accent: str
    on_accent: str
    warning: str


THEMES = {
    "dark": Colours(
        window="#17181b", panel="#1e2024", raised="#2a2d33", border="#3a3e46", view="#101114", text="#ece7de",
        secondary="#9a978f", accent="#eda64b", on_accent="#1b1408", warning="#ff7a68",
    ),
    "light": Colours(
        window="#efebe4", panel="#f9f7f3", raised="#ffffff", border="#d3ccc0", view="#fdfcfa", text="#26231f",
        secondary="#6b655b", accent="#a25709", on_accent="#ffffff", warning="#b3261e",
    ),
}  # fmt: skip


def apply(app: QApplication, name: str) -> None:
    """Apply a theme to the whole application."""
    app.setStyle("Fusion")
    colours = THEMES[name]
    app.setPalette(_palette(colours))
    app.setFont(sized(app.font(), BODY))
    app.setStyleSheet(_style_sheet(colours))


def colour(role: QPalette.ColorRole, opacity: float = 1.0) -> QColor:
    """A colour of the present theme, with an opacity of 0..1.

    From the application's palette: a style sheet may have changed that of a widget.
    """
    found = QColor(QApplication.palette().color(role))
    found.setAlphaF(min(max(opacity, 0.0), 1.0))
    return found


def sized(font: QFont, step: int, bold: bool = False) -> QFont:
    """A font at a step of the scale."""
    found = QFont(font)
    found.setPointSizeF(BASE_POINTS * SCALE_STEP ** (step / 2))
    found.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return found


def is_dark() -> bool:
    """Whether the dark theme is applied."""
    return QApplication.palette().color(WINDOW_BACKGROUND).lightness() < 128


def _palette(colours: Colours) -> QPalette:
    roles = {
        WINDOW_BACKGROUND: colours.window, PANEL: colours.panel, RAISED: colours.raised, BORDER: colours.border,
        VIEW_BACKGROUND: colours.view, TEXT: colours.text, Role.Text: colours.text, Role.ButtonText: colours.text,
        SECONDARY_TEXT: colours.secondary, ACCENT: colours.accent, ON_ACCENT: colours.on_accent,
        WARNING: colours.warning,
        Role.AlternateBase: colours.raised, Role.ToolTipBase: colours.raised, Role.ToolTipText: colours.text,
        Role.Link: colours.accent, Role.Light: colours.raised, Role.Midlight: colours.border,
        Role.Shadow: colours.border,
    }  # fmt: skip
    palette = QPalette()
    for role, value in roles.items():
        palette.setColor(role, QColor(value))
    for role in (TEXT, Role.Text, Role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.secondary))
    return palette


def _style_sheet(c: Colours) -> str:
    """The style sheet of Qt's own widgets."""
    return f"""
QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.border}; padding: 4px 6px; }}
QFrame#panel {{ background: {c.panel}; border: none; border-radius: 10px; }}
QFrame#views {{ background: {c.view}; border: none; border-radius: 10px; }}
QLabel#secondary {{ color: {c.secondary}; }}
QLabel#notice {{ color: {c.text}; }}
QFrame#notice {{ background: {c.raised}; border: none; border-left: 4px solid {c.accent}; border-radius: 6px; }}
QLineEdit, QComboBox, QAbstractSpinBox {{ background: {c.window}; border: 1px solid {c.border}; border-radius: 6px;
    padding: 5px 8px; selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {{ border: 1px solid {c.accent}; }}
QComboBox::drop-down {{ border: none; width: 22px; }}
QComboBox::down-arrow {{ image: none; width: 0; height: 0; border-left: 4px solid {c.window};
    border-right: 4px solid {c.window}; border-top: 5px solid {c.secondary}; margin-right: 8px; }}
QComboBox QAbstractItemView {{ background: {c.raised}; border: 1px solid {c.border}; outline: none;
    selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
QPushButton, QToolButton {{ background: {c.raised}; border: 1px solid transparent; border-radius: 6px;
    padding: 5px 11px; }}
QPushButton:hover, QToolButton:hover {{ border: 1px solid {c.border}; }}
QPushButton:focus, QToolButton:focus {{ border: 1px solid {c.accent}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {c.border}; }}
QPushButton:checked, QToolButton:checked {{ background: {c.accent}; color: {c.on_accent}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {_half_transparent(c.secondary)}; background: transparent; }}
QPushButton#flat, QToolButton#flat {{ background: transparent; padding: 3px 7px; }}
QPushButton#flat:checked, QToolButton#flat:checked {{ background: {c.raised}; color: {c.accent}; }}
QToolButton#slot {{ background: transparent; padding: 3px 9px; color: {c.secondary}; }}
QToolButton#slot:checked {{ background: {c.raised}; color: {c.text}; }}
QPushButton#main {{ background: {c.accent}; color: {c.on_accent}; }}
QPushButton#main:disabled {{ background: transparent; color: {_half_transparent(c.secondary)};
    border: 1px solid {c.border}; }}
QListView {{ background: transparent; border: none; outline: none; }}
QScrollArea {{ background: transparent; border: none; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {c.border}; border-radius: 4px; min-height: 28px; }}
QScrollBar:horizontal {{ background: transparent; height: 8px; margin: 0; }}
QScrollBar::handle:horizontal {{ background: {c.border}; border-radius: 4px; min-width: 28px; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: none;
    width: 0; height: 0; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QMenu {{ background: {c.raised}; border: 1px solid {c.border}; padding: 4px; }}
QMenu::item {{ padding: 5px 22px; border-radius: 4px; }}
QMenu::item:selected {{ background: {c.accent}; color: {c.on_accent}; }}
QMenu::separator {{ height: 1px; background: {c.border}; margin: 4px 8px; }}
QProgressBar {{ background: {c.raised}; border: none; border-radius: 3px; max-height: 6px; }}
QProgressBar#timeline {{ max-height: 22px; }}
QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}
"""


def _half_transparent(colour: str) -> str:
    """A half-transparent colour, for disabled widgets."""
    return f"#90{colour.removeprefix('#')}"
