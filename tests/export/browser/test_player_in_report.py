"""The player of a report in a real browser."""

import pytest

from cli.main import main
from engine.preset.library import find
from engine.preset.preset_file import read, write
from tests.support.shell.browser_shell import browser_shell

pytestmark = pytest.mark.verify


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
