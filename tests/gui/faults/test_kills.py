"""The window killed at random moments: nothing that was saved is lost, the session is young, the recording whole."""

import pytest

from benchmarks.window.kills import kill

MOMENTS = ["editing", "recording", "learning", "recording", "editing"]


@pytest.mark.verify
@pytest.mark.parametrize("number", range(len(MOMENTS)))
def test_the_next_start_after_a_kill_has_lost_nothing(app, server, number):
    found = kill(MOMENTS[number], 100 + number, server)
    assert found.steps > 0
    assert found.lost == []
