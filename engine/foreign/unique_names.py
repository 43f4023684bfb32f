"""Names of parameters, each once: foreign plugins may use one for several."""

from collections import Counter
from collections.abc import Sequence

from .audio_io import SWITCH


def make_unique(names: Sequence[str], groups: Sequence[str]) -> list[str]:
    """The names: with the group where one is there twice, and a number where that does not help.

    The name of the host's own switch is for that alone.
    """
    names = [f"its {name}" if name == SWITCH.name else name for name in names]
    counts = Counter(names)
    longer = [
        f"{group} {name}" if counts[name] > 1 and group else name for name, group in zip(names, groups, strict=True)
    ]
    found: dict[str, None] = {}
    for name in longer:
        number, made = 1, name
        while made in found:
            number += 1
            made = f"{name} {number}"
        found[made] = None
    return list(found)
