"""Groups of parameters whose plugin names none, by the numbers in their names, and the order of groups."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from PyQt6.QtCore import QCoreApplication

MIN_MEMBERS = 2  # of a group
_AT_END = re.compile(r".*?\s(\d+(?:\.\d+)?k?(?:\s+(?:left|right|mid|side|[lrms]))?)\s*", re.IGNORECASE)
_WITHIN = re.compile(r"(\D*[^\W\d_]\D*?\s\d+)\s+\S.*")
_NUMBERED = re.compile(r"(\D*)(\d+(?:\.\d+)?)(k?)(.*)", re.IGNORECASE)


def find_groups(names: Sequence[str]) -> list[str]:
    """A group for each name: "Number 3 Left" of "Gain 3 Left", "Delay 3" of "Delay 3 gain"; empty: alone."""
    found = [_group_of(name) for name in names]
    counts = Counter(found)
    return [group if counts[group] >= MIN_MEMBERS else "" for group in found]


def sort_groups(titles: Iterable[str]) -> list[str]:
    """Groups in their order, but those that differ in a number alone by that number: "Band 0" before "Band 1"."""
    order = list(titles)
    places = defaultdict[str, list[int]](list)
    for place, title in enumerate(order):
        if numbered := _NUMBERED.fullmatch(title):
            places[numbered[1]].append(place)
    sorted_order = list(order)
    for same in places.values():
        for place, title in zip(same, sorted((order[place] for place in same), key=_number_of), strict=True):
            sorted_order[place] = title
    return sorted_order


def _number_of(title: str) -> tuple[float, str]:
    """The first number in a title, and what follows it; k: thousands."""
    numbered = _NUMBERED.fullmatch(title)
    assert numbered is not None
    return float(numbered[2]) * (1000 if numbered[3] else 1), numbered[4]


def _group_of(name: str) -> str:
    at_end = _AT_END.fullmatch(name)
    if at_end is not None:
        return QCoreApplication.translate("ParameterList", "Number {0}").replace("{0}", at_end[1])
    within = _WITHIN.fullmatch(name)
    return within[1] if within is not None else ""
