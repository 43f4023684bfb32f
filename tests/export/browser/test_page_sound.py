"""Pages opened from a file and offline, in Chromium and Firefox: they play as the engine plays."""

import base64
import json

import numpy as np
import pytest

from engine.effects.limiter import Limiter
from engine.effects.volume import Volume
from engine.events import EVENT, Kind
from engine.host import Host
from engine.instrument_chain import make_chain
from engine.midi.interpreter import Interpreter
from engine.preset.control_performance import perform
from engine.preset.library import find
from engine.preset.preset_file import read
from engine.reference_output import event_array
from engine.render import render
from tests.support.browsers.page_gestures import AS_LEARNED, MIN_SHARE, ONE_OF_EACH_KIND, open_page
from tests.support.hard_score import hard_score

RATE = 48_000
SECONDS = 3.0
BLOCK = 128  # frames, of the browser's audio thread
TOLERANCE = 1e-5

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
