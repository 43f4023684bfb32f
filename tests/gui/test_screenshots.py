"""Screenshots of every view and dialog, in the folder LUTHIER_SHOTS or a temporary one."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QWidget

from engine.preset import library
from engine.preset.preset_file import write
from gui import theme
from gui.dialogs.shortcuts import ShortcutsDialog
from gui.processes.check_recordings import RecordingCheck
from gui.views.view_stack import INSTRUMENT, PAD, VOICE
from session.patch import Chain, Effect, Layer, Patch
from tests.gui.conftest import advance, play, until
from tests.support import events_preset


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize(
    ("view", "called", "instrument"),
    [
        (INSTRUMENT, "modes", "guitar"),
        (INSTRUMENT, "harmonics", "violin"),
        (PAD, "pad", "guitar"),
        (VOICE, "voice", "violin"),
    ],
)
def test_every_view_is_drawn_in_every_theme(guitar, app, tmp_path, name, view, called, instrument):
    folder = Path(os.environ.get("LUTHIER_SHOTS", tmp_path))
    before = guitar.preferences.theme
    play(guitar, instrument)
    theme.apply(app, name)
    guitar.window.views.show_view(view)
    for key in (52, 59, 64, 68):
        guitar.bridge.note_on(key, 0.8)
    until(lambda: len(guitar.window.keyboard.lit) == 4)
    if view == PAD:
        guitar.window.views.pad.press(0, guitar.window.views.pad.area.point(0.6, 0.7), 0.8)
    advance(guitar, 28_800 if instrument == "violin" else 2880)  # a bow takes its time
    image = _image(guitar.window, theme.THEMES[name].accent)
    image.save(str(folder / f"{called}-{name}.png"))
    guitar.bridge.panic()
    guitar.window.views.pad.release(0)
    theme.apply(app, before)
    colours = theme.THEMES[name]
    assert image.pixelColor(2, 2).name() == colours.window
    assert _count(image, colours.panel if view == PAD else colours.view) > 10_000


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_sound_map_and_a_full_chain_are_drawn_in_every_theme(guitar, app, tmp_path, name):
    folder, path = Path(os.environ.get("LUTHIER_SHOTS", tmp_path)), tmp_path / "events.luthier"
    write(path, events_preset.preset())
    before = guitar.preferences.theme
    chain = Chain((Effect("tone"), Effect("chorus"), Effect("compressor"), Effect("room", "violin")))
    guitar.parameters.recall(Patch(path, {}, replace(chain, layer=Layer(str(library.find("gong")), 60, True))))
    until(lambda: guitar.bridge.now.path == path)
    guitar.parameters.show_slot("second")
    theme.apply(app, name)
    guitar.window.views.show_view(INSTRUMENT)
    for key in (52, 57):
        guitar.bridge.note_on(key, 0.8)
    until(lambda: len(guitar.window.views.sound_map.lit) == 2)
    image = _image(guitar.window, theme.THEMES[name].accent)
    image.save(str(folder / f"map-{name}.png"))
    guitar.bridge.panic()
    guitar.parameters.recall(Patch(library.find("guitar"), {}, Chain()))
    until(lambda: guitar.bridge.now.path.stem == "guitar")
    theme.apply(app, before)
    assert [link.title for link in guitar.window.chain_bar.slots] == ["Guitar"]


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_dialogs_are_drawn_in_every_theme(guitar, app, tmp_path, name):
    folder = Path(os.environ.get("LUTHIER_SHOTS", tmp_path))
    before = guitar.preferences.theme
    theme.apply(app, name)
    guitar.devices.show()
    devices, keys = guitar.devices.dialog, ShortcutsDialog(guitar.window)
    learning = guitar.learn.dialog
    learning.set_recordings([Path("bell.wav")])
    learning.set_check(RecordingCheck(1, 2.0, 1))
    learning.show()
    until(lambda: devices.output_box.count() > 1)
    keys.show()
    for dialog, called in ((devices, "devices"), (keys, "keys"), (learning, "learning")):
        image = _image(dialog, theme.THEMES[name].accent)
        image.save(str(folder / f"{called}-{name}.png"))
        assert image.pixelColor(2, 2).name() == theme.THEMES[name].window
        dialog.accept()
    learning.set_recordings([])
    theme.apply(app, before)


def _image(widget: QWidget, colour: str) -> QImage:
    """An image of a widget, once more than 300 pixels of it have a colour."""
    images: list[QImage] = []

    def has_colour() -> bool:
        images[:] = [widget.grab().toImage()]
        return _count(images[0], colour) > 300

    until(has_colour)
    return images[0]


def _count(image: QImage, colour: str) -> int:
    """Pixels that have exactly a colour."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    bits = plain.constBits()
    assert bits is not None
    bits.setsize(plain.sizeInBytes())
    wanted = int(colour[1:], 16)
    return sum(1 for pixel in memoryview(bits).cast("I") if pixel & 0xFFFFFF == wanted)
