"""Pages in a real browser, opened from a file and offline: they play by all that they show, as the engine plays."""

import base64
import json

import numpy as np
import pytest

from benchmarks.support.headless_chromium import Browser
from cli.main import main
from engine.effects.limiter import Limiter
from engine.effects.volume import Volume
from engine.events import EVENT, Kind
from engine.host import Host
from engine.instrument_chain import make_chain
from engine.midi.interpreter import Interpreter
from engine.preset.control_performance import perform
from engine.preset.library import find
from engine.preset.preset_file import read, write
from engine.reference_output import event_array
from engine.render import render
from tests.support.browsers.headless_firefox import Firefox
from tests.support.hard_score import hard_score
from tests.support.shell.browser_shell import browser_shell

RATE = 48_000
SECONDS = 3.0
BLOCK = 128  # frames, of the browser's audio thread
TOLERANCE = 1e-5
ONE_OF_EACH_KIND = ("celesta", "violin", "sugarplum", "mosaic")
AS_LEARNED = ("celesta", "sugarplum")
MIN_SHARE = 0.3  # of the meter, 60 dB

PLAY_OFFLINE = """async (frames, rate, score) => {
  const { engine } = await window.player, context = new OfflineAudioContext(2, frames, rate);
  (await engine.makeNode(context, score)).connect(context.destination);
  const sound = await context.startRendering(), parts = [];
  for (const side of [0, 1]) {
    const bytes = new Uint8Array(sound.getChannelData(side).buffer);
    for (let i = 0; i < bytes.length; i += 32768) parts.push(String.fromCharCode(...bytes.subarray(i, i + 32768)));
  }
  return btoa(parts.join(""));
}"""

pytestmark = pytest.mark.verify


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    made = Browser(tmp_path_factory.mktemp("browser"))
    yield made
    made.close()


@pytest.fixture
def firefox(tmp_path):
    made = Firefox(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A function of an instrument's name: the path of its page, made once."""
    folder, made = tmp_path_factory.mktemp("pages"), {}

    def make(name):
        if name not in made:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("LUTHIER_SHELLS", str(browser_shell()))
                assert main(["export", name, "-o", str(folder / f"{name}.html")]) == 0
            made[name] = folder / f"{name}.html"
        return made[name]

    return make


def open_page(browser, path, *window):
    """Open a page, and wait until it can be played. A button that the last test held is released."""
    browser.tell("Input.dispatchMouseEvent", type="mouseReleased", x=0, y=0, button="left", clickCount=1)
    browser.open(path, *window)
    assert browser.ask("player.then(one => one !== null)")
    browser.wait("player.then(one => one.keyboard.width > 100)")  # laid out


def engine_sound(name, events):
    """What the engine plays in the chain of an instrument, (2, T)."""
    chain, head, volume = make_chain(name), Interpreter(), Volume()
    host = Host(RATE, [head], [Limiter(), volume])
    host.play(chain)
    head.set_map([*chain, volume], {})
    return render(host, events, SECONDS, [BLOCK])


def page_sound(browser, events):
    """What the page that is open plays offline of the same events, (2, T)."""
    score = {
        "frames": events["frame"].tolist(),
        "events": [
            [int(event["kind"]), int(event["key"]), float(event["value"]), 1 if event["target"] else -1]
            for event in events
        ],
    }
    script = f"({PLAY_OFFLINE})({round(SECONDS * RATE)}, {RATE}, {json.dumps(score)})"
    return np.frombuffer(base64.b64decode(browser.ask(script)), np.float32).reshape(2, -1)


@pytest.mark.parametrize("name", ONE_OF_EACH_KIND)
def test_a_page_sounds_as_the_engine_does(name, browser, page):
    events = hard_score(RATE)
    expected = engine_sound(name, events)
    open_page(browser, page(name))
    played = page_sound(browser, events)
    assert np.abs(expected).max() > 0.01
    assert np.abs(played - expected).max() < TOLERANCE
    assert browser.complaints == []
    assert browser.asked == []


@pytest.mark.parametrize("name", AS_LEARNED)
def test_a_page_performs_as_the_engine_does(name, browser, page):
    preset = read(find(name))
    events = np.zeros(1, EVENT)
    events["kind"], events["note"], events["target"] = Kind.PARAM, -1, 1  # the instrument plays as learned
    performance = event_array(perform(preset.header, preset.tensors, "learned"), RATE)
    performance["note"] = -1
    events = np.concatenate([events, performance])
    chain = make_chain(name)
    host = Host(RATE, [Interpreter()], [Limiter(), Volume()])
    host.play(chain)
    events["target"] = np.where(events["target"], chain[0].state.ctypes.data, 0)
    expected = render(host, events, SECONDS, [BLOCK])
    open_page(browser, page(name))
    assert np.abs(expected).max() > 0.01
    assert np.abs(page_sound(browser, events) - expected).max() < TOLERANCE


def test_a_page_plays_from_a_file_in_firefox(firefox, page):
    events = hard_score(RATE)
    firefox.open(page("celesta"))
    assert firefox.ask("window.player.then(one => one !== null)") is True
    played = page_sound(firefox, events)
    assert np.abs(played - engine_sound("celesta", events)).max() < TOLERANCE
    firefox.press("c")
    firefox.wait(f"window.player.then(one => Math.max(...one.meter.shares) > {MIN_SHARE})")
    assert firefox.ask("document.querySelector('#notice').hidden") is True
    assert firefox.errors() == []


def test_a_page_follows_the_microphone_in_firefox(firefox, page):
    firefox.open(page("violin"))
    assert firefox.ask("window.player.then(one => one !== null)") is True
    firefox.click("#sing")
    firefox.wait("document.querySelector('#sing').getAttribute('aria-pressed') === 'true'")
    firefox.wait("document.querySelector('#sung').textContent.includes('Hz')")  # the browser's own trial tone
    firefox.wait(f"window.player.then(one => Math.max(...one.meter.shares) > {MIN_SHARE})")
    assert firefox.errors() == []


def press(browser, code, key):
    """Press and let go a key of the computer."""
    for kind in ("keyDown", "keyUp"):
        browser.tell("Input.dispatchKeyEvent", type=kind, code=code, key=key)


def click(browser, selector, across=0.5, down=0.5, release=True):
    """Click at a place of an element, in shares of its size."""
    x, y = browser.ask(
        f"(box => [box.left + {across} * box.width, box.top + {down} * box.height])"
        f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())"
    )
    for kind in ("mousePressed", "mouseReleased")[: 1 + release]:
        browser.tell("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)


def wait_for_sound(browser):
    browser.wait(f"player.then(one => Math.max(...one.meter.shares) > {MIN_SHARE})")


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


def test_a_report_carries_the_same_player(browser, page, tmp_path, monkeypatch, capsys):
    page("celesta")
    monkeypatch.setenv("LUTHIER_SHELLS", str(browser_shell()))
    assert main(["report", "celesta", "-o", str(tmp_path / "report.html"), "--seconds", "1"]) == 0
    assert "no instrument to play" not in capsys.readouterr().err
    browser.open(tmp_path / "report.html")
    frame = "document.querySelector('.player').contentWindow"
    assert browser.ask(f"{frame}.player.then(one => one !== null)")
    browser.wait(f"{frame}.player.then(one => one.keyboard.width > 100)")
    browser.ask("document.querySelector('.player').scrollIntoView()")
    x, y = browser.ask(
        "(box => [box.left + 0.5 * box.width, box.top + 0.93 * box.height])"
        "(document.querySelector('.player').getBoundingClientRect())"
    )
    browser.tell("Input.dispatchMouseEvent", type="mousePressed", x=x, y=y, button="left", clickCount=1)
    browser.wait(f"{frame}.player.then(one => one.keyboard.lit.size === 1 && one.engine.node !== null)")
    browser.wait(f"{frame}.player.then(one => one.engine.context.currentTime > 0.1)")
    assert browser.complaints == []


def test_a_report_of_what_cannot_be_exported_says_so_and_has_no_player(tmp_path, monkeypatch, capsys):
    preset = read(find("celesta"))
    preset.header["redistribution"] = "no"
    write(tmp_path / "mine.luthier", preset)
    monkeypatch.setenv("LUTHIER_SHELLS", str(browser_shell()))
    words = ["report", str(tmp_path / "mine.luthier"), "-o", str(tmp_path / "report.html"), "--seconds", "1"]
    assert main(words) == 0
    assert "the page has no instrument to play: celesta may not be passed on" in capsys.readouterr().err
    assert 'class="player"' not in (tmp_path / "report.html").read_text(encoding="utf-8")
