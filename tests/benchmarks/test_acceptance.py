"""The tables of `make acceptance`: one section a suite, and a status that tells whether a row is missed."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from benchmarks.acceptance import __main__ as command
from benchmarks.acceptance import presets, training
from benchmarks.acceptance.fuzz import count_failures
from benchmarks.acceptance.pytest_runs import PytestResult, count_results
from benchmarks.acceptance.report import format_row, format_section, replace_section, write_section
from benchmarks.acceptance.row import Row, row_at_most
from benchmarks.acceptance.suites import SUITES, Suite
from cli.learn.option_checks import LEARNABLE
from engine.kinds.kind import load_member
from engine.preset.preset_file import Preset

INTRODUCTION = "# Acceptance\n\nBy hand.\n"
ORDER = ["first", "second", "third"]


def section(name: str, text: str) -> str:
    return f"## {name}\n\n{text}\n"


def good(scale: float) -> list[Row]:
    return [row_at_most("errors", 0, 0)]


def bad(scale: float) -> list[Row]:
    return [row_at_most("errors", 0, 0), row_at_most("errors of another kind", 1, 0)]


def broken(scale: float) -> list[Row]:
    raise RuntimeError("no device")


def empty(scale: float) -> list[Row]:
    return []


@pytest.fixture
def report(tmp_path, monkeypatch):
    """A report, and suites of this file beside those that there are."""
    for function in (good, bad, broken, empty):
        suite = Suite(function.__name__, "Shows it.", "")
        monkeypatch.setitem(SUITES, suite.name, suite)
    monkeypatch.setattr(Suite, "rows", lambda self, scale: globals()[self.name](scale))
    path = tmp_path / "acceptance.md"
    path.write_text("\n".join([INTRODUCTION, section("good", "old"), section("elsewhere", "kept")]))
    return path


def test_a_suite_replaces_its_own_section_and_no_other():
    before = "\n".join([INTRODUCTION, section("first", "old"), section("unknown", "## not a heading? | yes")])
    after = replace_section(before, "first", section("first", "new"), ORDER)
    assert after == before.replace("old", "new")


def test_a_new_section_comes_in_the_order_of_the_suites():
    before = "\n".join([INTRODUCTION, section("first", "1"), section("third", "3")])
    after = replace_section(before, "second", section("second", "2"), ORDER)
    assert after == "\n".join([INTRODUCTION, *(section(name, str(1 + ORDER.index(name))) for name in ORDER)])


def test_the_written_section_tells_date_commit_processor_and_scale(report):
    assert command.main(["good", "--scale", "0.5", "--write", "--report", str(report)]) == 0
    text = report.read_text()
    assert text.startswith(INTRODUCTION)
    assert text.endswith(section("elsewhere", "kept"))
    assert "old" not in text
    assert "| errors | 0 | ≤ 0 | met |" in text
    for word in ("commit ", "CPUs", "Python 3.", "scale 0.5"):
        assert word in text


def test_sections_written_at_the_same_time_are_all_kept(report):
    names = [f"suite {number}" for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: write_section(report, name, section(name, "x"), names), names))
    text = report.read_text()
    assert [name for name in names if f"## {name}\n" in text] == names
    assert "## elsewhere" in text


@pytest.mark.parametrize(("names", "status"), [
    (["good"], 0), (["bad"], 1), (["bad", "good"], 1), (["good", "broken"], 1), (["empty"], 1),
])  # fmt: skip
def test_a_missed_row_is_status_1(report, names, status, capsys):
    before = report.read_text()
    assert command.main([*names, "--report", str(report)]) == status
    assert report.read_text() == before
    assert ("**missed**" in capsys.readouterr().out) == bool(status)


@pytest.mark.parametrize("words", [["no-such-suite"], ["good", "--scale", "0"], ["good", "--scale", "2"]])
def test_a_mistake_in_the_command_is_status_2(report, words):
    with pytest.raises(SystemExit) as ended:
        command.main(words)
    assert ended.value.code == 2


def test_no_number_is_never_enough_and_cells_stay_in_their_column():
    row = row_at_most("a | b\nc", np.nan, 1, "dB")
    assert not row.is_met
    assert format_row(row) == "| a \\| b c | nan dB | ≤ 1 dB | **missed** |"
    assert format_section(Suite("s", "Shows.", ""), [row], 1, 2).count("\n## ") == 0


def test_every_suite_has_a_function():
    for suite in SUITES.values():
        assert callable(load_member(f"benchmarks.acceptance.{suite.function}"))


def test_every_kind_that_can_be_learned_is_trained():
    assert sorted(each.kind for each in training.TRAININGS) == sorted(LEARNABLE)


def test_an_undeclared_error_is_counted_with_the_number_that_repeats_it(tmp_path):
    def attempt(random, folder):
        assert folder == tmp_path
        if random.random() < 0.3:
            raise KeyError("header")

    drawn = [np.random.default_rng([2026, number]).random() < 0.3 for number in range(50)]
    failed, first = count_failures(attempt, 50, tmp_path)
    assert failed == sum(drawn) > 0
    assert first == f"first is number {drawn.index(True)}: KeyError: 'header'"
    assert count_failures(lambda random, folder: None, 50, tmp_path) == (0, "")


def test_a_run_of_tests_is_met_only_where_all_passed():
    output = "1 failed, 20 passed, 2 skipped in 3.21s\n== 5 passed in 61.00s (0:01:01) ==\n12 passed is no summary\n"
    assert count_results(output) == {"failed": 1, "passed": 25, "skipped": 2}
    for status, counts, met in [(0, {"passed": 3}, True), (1, {"passed": 3}, False), (0, {}, False),
                                (0, {"passed": 3, "skipped": 1}, False)]:  # fmt: skip
        assert PytestResult(status, counts, 1.0).row("tests").is_met is met


def test_a_gap_is_a_hole_and_a_click_is_a_burst(rate):
    time = np.arange(int(rate)) / rate
    tone = 0.3 * np.sin(2 * np.pi * 440 * time) * np.exp(-3 * time)
    noise = 1e-3 * np.random.default_rng(0).normal(size=len(time))
    assert presets.count_holes(tone) == 0
    assert presets.count_bursts(tone + noise) == 0
    gap, click = tone.copy(), tone + noise
    gap[24_000:25_500] = 0
    click[24_000] += 0.5
    assert presets.count_holes(gap) >= 2
    assert presets.count_bursts(click) >= 1


def test_a_sound_is_nearer_to_itself_at_any_gain_than_to_noise(rate):
    time = np.arange(int(rate)) / rate
    tone, noise = np.sin(2 * np.pi * 440 * time) * np.exp(-3 * time), np.random.default_rng(0).normal(size=len(time))
    assert training.distance(0.2 * tone, 48_000, tone) < 1e-6
    assert training.distance(noise, 48_000, tone) > 10


@pytest.mark.parametrize(("share", "keys"), [
    (1, list(range(40, 61))), (0.01, [50, 51]), (0.3, [43, 44, 50, 51, 56, 57]),
])  # fmt: skip
def test_a_share_of_the_keys_is_pairs_of_neighbours_over_the_whole_range(share, keys):
    assert presets._keys(Preset({"keys": {"low": 40, "high": 60}}, {}), share) == keys
