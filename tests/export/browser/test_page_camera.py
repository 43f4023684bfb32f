"""A hand before the camera plays a page that was opened from a file: the browsers' trial pictures move by themselves.

The tracker that npm fetches is tried by `make acceptance` (benchmarks/acceptance/exports/hand.py).
"""

import pytest

from tests.support.browsers.hand_page import write_hand_page
from tests.support.browsers.page_gestures import click, open_page, wait_for_sound

pytestmark = pytest.mark.verify
IS_ON = "document.querySelector('#camera').getAttribute('aria-pressed') === 'true'"
IS_SEEN = "document.querySelector('#seen').textContent === 'Move your hand.'"
HAS_NO_NOTICE = "document.querySelector('#notice').hidden"


@pytest.fixture(scope="module")
def hand_page(tmp_path_factory):
    return write_hand_page(tmp_path_factory.mktemp("hand") / "celesta.html", "celesta")


def test_the_camera_plays_in_chromium(browser, hand_page):
    open_page(browser, hand_page)
    click(browser, "#camera")
    browser.wait(f"{IS_ON} && {IS_SEEN}")
    wait_for_sound(browser)
    assert browser.ask(HAS_NO_NOTICE)
    click(browser, "#camera")
    browser.wait(f"!({IS_ON})")
    assert browser.ask("player.then(one => one.camera.stream === null)")
    assert browser.complaints == []
    assert [each for each in browser.asked if not each.startswith("blob:")] == []


def test_the_camera_plays_in_firefox(firefox, hand_page):
    firefox.open(hand_page)
    assert firefox.ask("window.player.then(one => one !== null)") is True
    firefox.click("#camera")
    firefox.wait(f"{IS_ON} && {IS_SEEN}")
    firefox.wait("window.player.then(one => Math.max(...one.meter.shares) > 0)")
    assert firefox.ask(HAS_NO_NOTICE) is True
    firefox.click("#camera")
    firefox.wait(f"!({IS_ON})")
    assert firefox.errors() == []
