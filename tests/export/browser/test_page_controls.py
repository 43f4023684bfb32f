"""Pages in a real browser, opened from a file and offline: they are played by all that they show."""

import pytest

from tests.support.browsers.page_gestures import AS_LEARNED, ONE_OF_EACH_KIND, click, open_page, press, wait_for_sound

pytestmark = pytest.mark.verify


def strike_picture(browser):
    """Choose an item of the picture and strike it, by the arrows and Space."""
    browser.ask("document.querySelector('#picture').focus()")
    for key in ("ArrowRight", " "):
        browser.tell("Input.dispatchKeyEvent", type="keyDown", code="Space" if key == " " else key, key=key)


ACTIONS = {
    "a computer key": lambda browser: press(browser, "KeyC", "c"),
    "a key": lambda browser: click(browser, "#keyboard", 0.5, 0.9, release=False),
    "the picture": strike_picture,
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("name", ONE_OF_EACH_KIND)
def test_a_page_is_played_by(name, action, browser, page):
    open_page(browser, page(name))
    ACTIONS[action](browser)
    wait_for_sound(browser)
    assert browser.ask("document.querySelector('#notice').hidden")
    assert browser.complaints == []


@pytest.mark.parametrize("name", AS_LEARNED)
def test_the_pad_and_the_performances_sound_and_are_lit(name, browser, page):
    open_page(browser, page(name))
    browser.ask("[...document.querySelectorAll('#views button')].at(-1).click()")
    browser.wait("player.then(one => one.pad.width > 100)")
    click(browser, "#pad", 0.8, 0.2)
    wait_for_sound(browser)
    assert not browser.ask("player.then(one => one.playsNotes)")
    click(browser, "#panic")
    for number in range(3):
        click(browser, f"#performances button:nth-child({number + 1})")
        wait_for_sound(browser)
        browser.wait("player.then(one => one.performance.passed > 0)")
    click(browser, "#performances button:nth-child(3)")
    browser.wait("player.then(one => one.performance.playing === '' && one.engine.report)")
    assert browser.complaints == []


def test_a_knob_is_turned_by_keys_and_set_back_by_a_double_click(browser, page):
    open_page(browser, page("celesta"))
    knob = "player.then(one => one.knobs.find('level').value)"
    before = browser.ask(knob)
    browser.ask("player.then(one => one.knobs.find('level').input.focus())")
    browser.tell("Input.dispatchKeyEvent", type="keyDown", code="ArrowUp", key="ArrowUp", windowsVirtualKeyCode=38)
    assert browser.ask(knob) > before
    press(browser, "KeyC", "c")
    wait_for_sound(browser)
    number = browser.ask("player.then(one => one.knobs.find('level').param.number)")
    browser.wait(f"player.then(one => Math.abs(one.reported.get({number}) - one.knobs.find('level').value) < 1e-4)")
    browser.ask("player.then(one => one.knobs.find('level').canvas.dispatchEvent(new MouseEvent('dblclick')))")
    assert browser.ask(knob) == before


def test_several_fingers_play_chords_the_lower_on_a_key_the_louder(browser, page):
    open_page(browser, page("celesta"), 390, 844)
    browser.tell("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=5)
    left, top, wide, high = browser.ask(
        "(box => [box.left, box.top, box.width, box.height])"
        "(document.querySelector('#keyboard').getBoundingClientRect())"
    )
    places = [{"x": left + wide * across, "y": top + high * down} for across, down in ((0.05, 0.9), (0.95, 0.7))]
    for count in (1, 2):
        browser.tell("Input.dispatchTouchEvent", type="touchStart", touchPoints=places[:count])
    velocities = browser.ask("player.then(one => [...one.keyboard.lit.values()])")
    assert len(velocities) == 2
    assert velocities[0] > velocities[1]
    browser.tell("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    assert browser.ask("player.then(one => one.keyboard.lit.size)") == 0
    wait_for_sound(browser)
    browser.tell("Emulation.setTouchEmulationEnabled", enabled=False)
    assert browser.complaints == []


def test_panic_silences_what_is_held(browser, page):
    open_page(browser, page("violin"))
    browser.tell("Input.dispatchKeyEvent", type="keyDown", code="KeyN", key="n")
    wait_for_sound(browser)
    click(browser, "#panic")
    browser.wait("player.then(one => Math.max(...one.meter.shares) === 0)")
    assert browser.complaints == []


@pytest.mark.parametrize("wide", [360, 800, 1400])
def test_the_page_fits_every_window_in_light_and_dark(wide, browser, page):
    papers = set()
    for dress in ("light", "dark"):
        open_page(browser, page("celesta"), wide, 800, dress)
        assert browser.ask("document.documentElement.scrollWidth") <= wide
        papers.add(browser.ask("getComputedStyle(document.body).backgroundColor"))
    assert len(papers) == 2


def test_the_microphone_is_followed_after_a_click(browser, page):
    open_page(browser, page("violin"))
    click(browser, "#sing")
    browser.wait("document.querySelector('#sing').getAttribute('aria-pressed') === 'true'")
    browser.wait("document.querySelector('#sung').textContent.includes('Hz')")  # the browser's own trial tone
    wait_for_sound(browser)
    click(browser, "#sing")
    browser.wait("document.querySelector('#sing').getAttribute('aria-pressed') === 'false'")
    assert browser.complaints == []


SHAKE = """window.dispatchEvent(new DeviceMotionEvent("devicemotion", {
  acceleration: { x: 20, y: 2, z: 0 }, accelerationIncludingGravity: { x: 20, y: 2, z: 9.8 }, interval: 16,
}))"""


def test_a_device_that_is_held_plays_by_its_motion_after_a_tap(browser, page):
    browser.tell("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=5)
    try:
        open_page(browser, page("celesta"), 390, 844)
        click(browser, "#move")
        browser.wait("document.querySelector('#move').getAttribute('aria-pressed') === 'true'")
        browser.ask(SHAKE)
        wait_for_sound(browser)
        assert not browser.ask("player.then(one => one.playsNotes)")
        click(browser, "#move")
        browser.wait("document.querySelector('#move').getAttribute('aria-pressed') === 'false'")
        assert browser.complaints == []
    finally:
        browser.tell("Emulation.setTouchEmulationEnabled", enabled=False)


def test_a_device_that_is_not_held_is_offered_no_motion(browser, page):
    open_page(browser, page("celesta"))
    assert browser.ask("document.querySelector('#motion').hidden")
