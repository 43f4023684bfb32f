"""Groups of parameters whose plugin names none, by the numbers in their names."""

import re
from collections import Counter
from collections.abc import Sequence

from PyQt6.QtCore import QCoreApplication

MIN_MEMBERS = 2  # of a group
_AT_END = re.compile(r".*?\s(\d+(?:\s+(?:left|right|mid|side|[lrms]))?)\s*", re.IGNORECASE)
_WITHIN = re.compile(r"(\D*[^\W\d_]\D*?\s\d+)\s+\S.*")


def find_groups(names: Sequence[str]) -> list[str]:
    """A group for each name: "Number 3 Left" of "Gain 3 Left", "Delay 3" of "Delay 3 gain"; empty: alone."""
    found = [_group_of(name) for name in names]
    counts = Counter(found)
    return [group if counts[group] >= MIN_MEMBERS else "" for group in found]


def _group_of(name: str) -> str:
    at_end = _AT_END.fullmatch(name)
    if at_end is not None:
        return QCoreApplication.translate("ParameterList", "Number {0}").replace("{0}", at_end[1])
    within = _WITHIN.fullmatch(name)
    return within[1] if within is not None else ""
