"""Groups of parameters whose plugin names none: by the numbers in their names."""

from gui.widgets.parameter_list.groups import find_groups, sort_groups


def test_parameters_without_groups_are_grouped_by_the_numbers_in_their_names():
    names = ["Gain", "Split 1 Left", "Depth 1 Left", "Split 2 Left", "Delay 1 gain", "Delay 1 time", "Level 0 3"]
    assert find_groups(names) == ["", "Number 1 Left", "Number 1 Left", "", "Delay 1", "Delay 1", ""]
    names = ["Band gain 1K", "Band on 1K", "Band gain 1.6K", "Band on 1.6K", "Band gain 160", "Band on 160"]
    assert find_groups(names) == [f"Number {number}" for number in ("1K", "1K", "1.6K", "1.6K", "160", "160")]


def test_groups_that_differ_in_a_number_are_sorted_by_it():
    titles = ["", "Number 1", "Output", "Number 10", "Number 2 Left", "Number 2 Right", "Number 0", "Band"]
    assert sort_groups(titles) == [
        "", "Number 0", "Output", "Number 1", "Number 2 Left", "Number 2 Right", "Number 10", "Band",
    ]  # fmt: skip
    assert sort_groups(["Number 1.6K", "Number 1K", "Number 630"]) == ["Number 630", "Number 1K", "Number 1.6K"]
