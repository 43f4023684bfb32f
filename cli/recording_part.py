"""A part of a recording as an argument: FILE@START-END, in seconds."""

import os
import re

_PART = re.compile(r"(?P<file>.+)@(?P<start>\d+(\.\d+)?)-(?P<end>\d+(\.\d+)?)")


def parse_part(text: str, start: float = 0.0, length: float | None = None) -> tuple[str, float, float | None]:
    """File, start and length in seconds, None for all of it; start, length: where the text gives neither.

    ValueError if the end comes before the start.
    """
    times = None if os.path.exists(text) else _PART.fullmatch(text)
    if times is None:
        return text, start, length
    start, end = float(times["start"]), float(times["end"])
    if end <= start:
        raise ValueError(f"{text}: the end ({end:g} s) must come after the start ({start:g} s)")
    return times["file"], start, end - start
