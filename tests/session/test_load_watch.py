"""When the worst block and the under-runs are counted anew."""

from session.status import RESET_SECONDS, LoadWatch, Status


def test_the_load_is_counted_anew_a_minute_after_it_grew_last():
    watch, start = LoadWatch(), 1000.0
    assert not watch.is_due(Status(start, max_load=0.3))
    assert not watch.is_due(Status(start + 50, max_load=0.9, underruns=2))
    assert not watch.is_due(Status(start + RESET_SECONDS + 1, max_load=0.9, underruns=2))
    assert watch.is_due(Status(start + 50 + RESET_SECONDS, max_load=0.9, underruns=2))
    assert not watch.is_due(Status(start + 51 + RESET_SECONDS))


def test_a_fault_of_a_plugin_begins_the_minute_anew():
    watch = LoadWatch()
    assert not watch.is_due(Status(1000.0, plugin_faults=3))
    assert not watch.is_due(Status(1050.0, plugin_faults=4))
    assert not watch.is_due(Status(1000.0 + RESET_SECONDS, plugin_faults=4))
    assert watch.is_due(Status(1050.0 + RESET_SECONDS, plugin_faults=4))


def test_what_is_zero_is_not_counted_anew():
    watch = LoadWatch()
    assert not watch.is_due(Status(1.0))
    assert not watch.is_due(Status(1.0 + 2 * RESET_SECONDS))
