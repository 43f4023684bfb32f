"""The report in a real browser, offline: its players work, without errors or requests."""

import re

import numpy as np
import pytest
import soundfile

from cli.main import main
from engine.kinds.ddsp import random_preset
from engine.preset.preset_file import Preset, write
from export.events import make_preset
from export.likeness import Verdict
from export.likeness.distance import RATE
from export.likeness.excerpt_offset import find_offset
from export.report import ReportOptions, build
from export.report.audio_clip import levels, outline
from tests.export.test_events import TINY, learned
from tests.support import events_preset, ssm_preset
from tests.support.harmonic_tones import tone
from tests.support.resonance_preset import small_preset

MAX_BYTES = 15e6
MIN_PROGRESS_SECONDS = 0.1


def keyed_preset():
    """A resonance instrument that only has keys."""
    whole = small_preset()
    control = {"router", "control_values", "control_sites"}
    header = {name: value for name, value in whole.header.items() if name != "control"}
    header["training"] = {"losses": [5.0, 3.0, 2.0, 1.5], "steps": 4, "seconds": 3.2}
    return Preset(header, {name: tensor for name, tensor in whole.tensors.items() if name not in control})


def ddsp_preset():
    header, tensors = random_preset(units=16, taps=400)
    return Preset(header, tensors)


KINDS = {
    "modes": small_preset, "keys": keyed_preset, "network": ssm_preset.preset, "decoder": ddsp_preset,
    "events": lambda: make_preset(learned(TINY), "0", name="events"), "scores": events_preset.preset,
}  # fmt: skip
WITH_RECORDING = {"modes", "keys", "network", "decoder", "events"}


@pytest.fixture(scope="module")
def recording():
    """A note of 440 Hz after some silence, twice, on two channels."""
    note = tone(440.0, np.random.default_rng(1), seconds=0.6, noise=-60)[0]
    return np.stack([np.tile(note, 2)] * 2)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A page without a recording."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(build(keyed_preset(), 50_000, options=ReportOptions(seconds=1)))
    return path


@pytest.mark.verify
@pytest.mark.parametrize("kind", KINDS)
def test_every_player_plays_offline_without_an_error(kind, browser, recording, tmp_path):
    page, options = tmp_path / "page.html", ReportOptions(recording if kind in WITH_RECORDING else None, 1.5)
    page.write_text(build(KINDS[kind](), 50_000, [("Author", "A. <b>Luthier</b>")], options))
    assert page.stat().st_size < MAX_BYTES
    browser.open(page)
    names = browser.ask("[...document.querySelectorAll('h3')].map(one => one.textContent)")
    assert {"On the keys", "At random", "Permuted"} <= set(names)
    assert {"The recording", "Played again"} <= set(names) or kind not in WITH_RECORDING
    for number, name in enumerate(names):
        player = f"document.querySelectorAll('.track')[{number}]"
        browser.ask(f"{player}.querySelector('button').click()")
        browser.wait(f"{player}.querySelector('audio').currentTime > {MIN_PROGRESS_SECONDS}")
        assert browser.ask(f"{player}.querySelector('button').getAttribute('aria-label')") == f"Pause: {name}"
        assert browser.ask("[...document.querySelectorAll('audio')].filter(one => !one.paused).length") == 1
    assert browser.ask("document.querySelectorAll('.drawing svg').length") >= 2
    assert "A. <b>Luthier</b>" in browser.ask("document.querySelector('.facts').textContent")
    assert browser.complaints == []
    assert browser.asked == []


@pytest.mark.verify
def test_a_click_on_the_picture_seeks_the_player(browser, page):
    browser.open(page)
    browser.ask("document.querySelector('.panel').scrollIntoView({block: 'center'})")
    position = browser.ask(
        "(box => [box.left + box.width / 2, box.top + box.height / 2])"
        "(document.querySelector('.panel').getBoundingClientRect())"
    )
    for kind in ("mousePressed", "mouseReleased"):
        browser.tell("Input.dispatchMouseEvent", type=kind, x=position[0], y=position[1], button="left", clickCount=1)
    browser.wait("document.querySelector('audio').currentTime > 0")
    now, whole = browser.ask(
        "(one => [one.querySelector('audio').currentTime, one.dataset.seconds])(document.querySelector('.track'))"
    )
    assert now / float(whole) == pytest.approx(0.5, abs=0.05)


@pytest.mark.verify
@pytest.mark.parametrize("wide", [360, 800, 1600])
def test_the_page_fits_every_window_in_light_and_dark(wide, browser, page):
    colours = set()
    for dress in ("light", "dark"):
        browser.open(page, wide, 800, dress)
        assert browser.ask("document.documentElement.scrollWidth") <= wide
        paper, ink = browser.ask("(look => [look.backgroundColor, look.color])(getComputedStyle(document.body))")
        assert contrast(paper, ink) > 7
        assert contrast(paper, browser.ask("getComputedStyle(document.querySelector('.text')).color")) > 4.5
        colours.add(paper)
    assert len(colours) == 2


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours by WCAG."""
    lights = []
    for colour in (one, other):
        parts = np.array([int(part) for part in re.findall(r"\d+", colour)[:3]]) / 255
        linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        lights.append(float(linear @ [0.2126, 0.7152, 0.0722]))
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_the_same_seed_makes_the_same_page():
    first, again, other = (
        build(keyed_preset(), 50_000, options=ReportOptions(seconds=1, seed=seed)) for seed in (1, 1, 2)
    )
    assert first == again != other


def test_an_excerpt_is_located_in_its_recording():
    random = np.random.default_rng(0)
    notes = [tone(float(random.uniform(150, 900)), random, seconds=0.4, noise=-40)[0] for _ in range(12)]
    whole = np.concatenate(notes)
    begin = sum(map(len, notes[:5])) + 1000
    part = whole[begin : begin + 80_000] * 0.3 + 0.01 * random.normal(size=80_000)
    assert abs(find_offset(part, whole, RATE) - begin) < 0.025 * RATE
    assert find_offset(whole, part, RATE) == 0


def test_a_spectrogram_shows_the_frequency_of_a_tone_and_an_outline_its_amplitude():
    time = np.arange(RATE) / RATE
    sound = np.where(time < 0.5, np.sin(2 * np.pi * 1000 * time), 0.1 * np.sin(2 * np.pi * 250 * time))
    level = levels(sound)
    rows = level.argmax(axis=0) / (len(level) - 1) * np.log2(16_000 / 50)
    np.testing.assert_allclose(50 * 2 ** rows[[200, 700]], [1000, 250], rtol=0.03)
    heights = [float(y) for _, y in re.findall(r"(\d+) ([\d.]+)", outline(np.stack([sound] * 2)))[:480]]
    assert heights[100] == pytest.approx(2, abs=0.5)
    assert heights[400] == pytest.approx(50 - 4.8, abs=0.8)


def test_the_recording_and_the_answer_to_it_share_one_axis_of_time_and_are_judged():
    recording = np.stack([tone(440.0, np.random.default_rng(1), seconds=1.0, noise=-60)[0]] * 2)
    page = build(small_preset(), 50_000, options=ReportOptions(recording, 1.0))
    seconds, axes = (
        [float(number) for number in re.findall(rf'data-{name}="([\d.]+)"', page)] for name in ("seconds", "axis")
    )
    assert axes[0] == axes[1] == max(seconds[:2])
    assert axes[2:] == seconds[2:]
    assert "How near it comes: " in page
    stored = keyed_preset()
    stored.header["training"]["likeness"] = Verdict(4.1, 20.0, 1.5, "Opus at 30 kb/s").plain
    assert "very like the recording: 4.1 dB from it" in build(stored, 50_000, options=ReportOptions(seconds=1))


def test_the_command_writes_a_page_and_reports_errors_in_one_line(tmp_path, monkeypatch, capsys, recording):
    monkeypatch.chdir(tmp_path)
    write("net.luthier", ssm_preset.preset())
    soundfile.write("song.wav", recording.T, RATE)
    soundfile.write("silence.wav", np.zeros(RATE), RATE)
    assert main(["report", "net.luthier", "--recording", "song.wav@0-1", "-o", "net.html", "--seconds", "1"]) == 0
    assert "opens in any browser" in capsys.readouterr().out
    text = (tmp_path / "net.html").read_text()
    assert "The recording" in text
    assert str(tmp_path) not in text
    for words, hint in (
        (["net.luthier", "-o", "nowhere/net.html"], "there is no folder"),
        (["net.luthier", "--recording", "none.wav", "-o", "x.html"], "no such recording"),
        (["net.luthier", "--recording", "net.luthier", "-o", "x.html"], "not a sound file"),
        (["net.luthier", "--recording", "silence.wav", "-o", "x.html"], "is silent"),
    ):
        assert main(["report", *words]) == 2
        error = capsys.readouterr().err.splitlines()
        assert len(error) == 1
        assert hint in error[0]
    assert not (tmp_path / "x.html").exists()
