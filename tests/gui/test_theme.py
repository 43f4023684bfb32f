"""The colours of both themes can be told apart."""

from itertools import product

import pytest
from PyQt6.QtGui import QColor

from gui.theme import THEMES

MIN_TEXT_CONTRAST = 4.5  # of WCAG 2, for running text


def luminance(name: str) -> float:
    """Relative luminance by WCAG 2."""
    shares = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in QColor(name).getRgbF()[:3]]
    return 0.2126 * shares[0] + 0.7152 * shares[1] + 0.0722 * shares[2]


def contrast(one: str, other: str) -> float:
    """Ratio of contrast, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_has_the_full_contrast():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", THEMES)
def test_every_colour_of_text_is_readable_on_every_background(name):
    colours = THEMES[name]
    pairs = [
        *product(("text", "secondary", "accent", "warning"), ("window", "panel", "raised", "view")),
        ("on_accent", "accent"),
    ]
    too_low = [pair for pair in pairs if contrast(*(getattr(colours, each) for each in pair)) < MIN_TEXT_CONTRAST]
    assert too_low == []
