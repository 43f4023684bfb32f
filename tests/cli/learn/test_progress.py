"""Lines of progress for programs: often enough, and none that is the last word."""

import json
import threading

from cli.learn.progress import JsonLines, Update
from tests.support.wait_limit import MAX_WAIT_SECONDS


class Printed:
    """What is printed, line by line, and how long to wait for it."""

    def __init__(self, monkeypatch):
        self.lines, self._more = [], threading.Condition()
        monkeypatch.setattr("builtins.print", self._take)

    def _take(self, text, **_):
        with self._more:
            self.lines.append(json.loads(text))
            self._more.notify_all()

    def wait_for(self, count):
        """The first lines."""
        with self._more:
            assert self._more.wait_for(lambda: len(self.lines) >= count, MAX_WAIT_SECONDS)
            return self.lines[:count]


def update(step, fraction=0.5, message=""):
    return Update(fraction, "", {"step": step}, message)


def test_lines_come_while_nothing_is_new(monkeypatch):
    monkeypatch.setattr("cli.learn.progress.SILENT_SECONDS", 0.0)
    printed = Printed(monkeypatch)
    with JsonLines({"step": 0}) as lines:
        assert printed.wait_for(2) == [{"step": 0}, {"step": 0}]
        lines.show(update(5, message="a preview"))
        printed.wait_for(len(printed.lines) + 2)
    assert printed.lines[-1] == {"step": 5}


def test_of_many_updates_the_last_is_printed_in_time(monkeypatch):
    monkeypatch.setattr("cli.learn.progress.SILENT_SECONDS", 1e9)
    monkeypatch.setattr("cli.learn.progress.JSON_SECONDS", 1e9)
    printed = Printed(monkeypatch)
    with JsonLines({"step": 0}) as lines:
        for step in range(1000):
            lines.show(update(step))
        monkeypatch.setattr("cli.learn.progress.JSON_SECONDS", 0.0)
        printed.wait_for(1)
        lines.show(update(1000, message="what is to be told"))
        lines.show(update(1001))
    assert [{"step": step} for step in (999, 1000)] == printed.lines[:2]
    assert printed.lines[-1] == {"step": 1001}
