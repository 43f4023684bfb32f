"""The axes of the pad, for instruments with many parameters, with one and with none."""

import pytest
from PyQt6 import sip
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from gui.controllers.pad_axes import PadAxes
from gui.controllers.undo_stack import UndoStack
from gui.views.view_stack import LEARNED, NO_AXIS, PAD, ViewStack

KEY = Qt.Key


@pytest.fixture
def views(app):
    """The views of a window, the pad in front."""
    views = ViewStack()
    views.show_view(PAD)
    views.show()
    yield views
    sip.delete(views)


@pytest.fixture
def undo_stack(views):
    return UndoStack(views)


@pytest.mark.parametrize(
    ("names", "axes"),
    [
        ([], (NO_AXIS, NO_AXIS)),
        (["level"], ("level", NO_AXIS)),
        (["release"], ("release", NO_AXIS)),
        (["level", "release"], ("release", "level")),
        (["level", "release", "decay"], ("decay", "release")),
        (["level", "decay", "brightness"], ("brightness", "decay")),
    ],
)
@pytest.mark.parametrize("learned", [False, True])
def test_the_axes_are_parameters_as_far_as_there_are_any(views, undo_stack, names, axes, learned):
    pad_axes = PadAxes(views, undo_stack)
    pad_axes.offer(names, learned, notes=True)
    assert pad_axes.now == axes
    assert (views.x_axis.currentData(), views.y_axis.currentData()) == axes
    assert views.pad._axes == tuple(name.strip().capitalize() for name in axes)
    views.grab()  # paints it
    pad_axes.offer(names, learned, notes=False)
    assert pad_axes.now == ((LEARNED, LEARNED) if learned else axes)
    assert not undo_stack.canUndo()


@pytest.mark.parametrize(("names", "axes"), [([], (NO_AXIS, NO_AXIS)), (["decay"], ("decay", NO_AXIS))])
def test_an_axis_that_sets_nothing_can_be_exchanged_for_the_learned_plane_and_back(views, undo_stack, names, axes):
    pad_axes = PadAxes(views, undo_stack)
    pad_axes.offer(names, learned=True, notes=True)
    for box in (views.x_axis, views.y_axis):
        QTest.keyClick(box, KEY.Key_Home)
        assert pad_axes.now == (LEARNED, LEARNED)
        undo_stack.undo()
        assert pad_axes.now == axes
    undo_stack.redo()
    assert pad_axes.now == (LEARNED, LEARNED)
    QTest.keyClick(views.x_axis, KEY.Key_Down)
    assert pad_axes.now == axes


def test_a_choice_of_two_parameters_stays_for_the_next_instrument_that_has_them(views, undo_stack):
    pad_axes = PadAxes(views, undo_stack)
    pad_axes.offer(["level", "decay", "width"], learned=False, notes=True)
    QTest.keyClick(views.x_axis, KEY.Key_End)
    QTest.keyClick(views.y_axis, KEY.Key_Home)
    assert pad_axes.now == ("width", "level")
    pad_axes.offer(["decay"], learned=False, notes=True)
    assert pad_axes.now == ("decay", NO_AXIS)
    pad_axes.offer([], learned=False, notes=True)
    assert pad_axes.now == (NO_AXIS, NO_AXIS)
    pad_axes.offer(["level", "width", "decay"], learned=False, notes=True)
    assert pad_axes.now == ("width", "level")
