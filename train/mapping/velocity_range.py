"""The velocities at which a region of an SFZ mapping sounds, with the crossfades between it and its neighbours."""

import re
from collections.abc import Mapping

WHOLE_RANGE = (1, 127)
"""Velocities of a note."""

_FADE_BY_CONTROLLER = re.compile(r"xf(?:in|out)_(?:lo|hi)cc(?P<number>\d+)")


def velocity_range(numbers: Mapping[str, float]) -> tuple[int, int]:
    """Lowest and highest velocity; a crossfade counts from its middle on, or up to it.

    A crossfade by a controller, as of orchestras played by the modulation wheel, is one of dynamics too: without
    ranges of velocities the layers that it blends are taken for those.
    """
    low, high = _faded(numbers, "vel", round(numbers.get("lovel", 0)), round(numbers.get("hivel", 127)))
    return (
        _faded(numbers, f"cc{_controller(numbers)}", low, high) if is_blended_by_controller(numbers) else (low, high)
    )


def is_blended_by_controller(numbers: Mapping[str, float]) -> bool:
    """Whether a controller, and no velocity, chooses a region among those of its key."""
    has_velocities = numbers.get("lovel", 0) > WHOLE_RANGE[0] or numbers.get("hivel", 127) < WHOLE_RANGE[1]
    return bool(_controller(numbers)) and not has_velocities


def _controller(numbers: Mapping[str, float]) -> str:
    """The number of the controller that fades a region in or out, empty if there is none."""
    return next((found["number"] for name in numbers if (found := _FADE_BY_CONTROLLER.fullmatch(name))), "")


def _faded(numbers: Mapping[str, float], by: str, low: int, high: int) -> tuple[int, int]:
    """A range without what is beyond the middle of its crossfades."""
    fade_in = numbers.get(f"xfin_lo{by}", 0.0), numbers.get(f"xfin_hi{by}", 0.0)
    fade_out = numbers.get(f"xfout_lo{by}", 127.0), numbers.get(f"xfout_hi{by}", 127.0)
    low = max(low, _middle(*fade_in))
    return low, min(high, _middle(*fade_out) - 1) if min(fade_out) < 127 else high


def _middle(start: float, end: float) -> int:
    return int(start + end + 1) // 2
