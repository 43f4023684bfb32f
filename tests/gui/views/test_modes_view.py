"""The view of modes before an instrument plays, and of one without modes."""

from engine.snapshots.modes import NO_MODES
from gui.views.modes import ModesView


def colours(view):
    """The number of colours in the middle of a view."""
    image = view.grab().toImage()
    return len({image.pixel(x, y) for x in range(60, 540) for y in range(40, 160)})


def test_nothing_is_said_of_modes_before_an_instrument_plays(app):
    view = ModesView()
    view.resize(600, 200)
    assert colours(view) == 1
    view.set_modes(NO_MODES)
    assert colours(view) > 1  # that they cannot be seen
    view.deleteLater()
