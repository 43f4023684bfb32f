"""A row of an acceptance table: what was measured, what was wanted, and whether it is so."""

import math
from dataclasses import dataclass

from benchmarks.support.measurement import Measurement


@dataclass(frozen=True)
class Row:
    """wanted: "" where nothing is; is_met is true then."""

    what: str
    value: str
    wanted: str = ""
    is_met: bool = True


def row_at_most(what: str, value: float, most: float, unit: str = "", where: str = "") -> Row:
    """A value that must be `most` or less; where: what it was found at, if anything. NaN is never enough."""
    return Row(what, _text(value, unit, where), f"≤ {_text(most, unit)}", value <= most)


def row_at_least(what: str, value: float, least: float, unit: str = "", where: str = "") -> Row:
    """A value that must be `least` or more; as `row_at_most`."""
    return Row(what, _text(value, unit, where), f"≥ {_text(least, unit)}", value >= least)


def row_of(measurement: Measurement) -> Row:
    """The row of a measurement of a benchmark."""
    value = _text(measurement.value, measurement.unit)
    if measurement.goal is None:
        return Row(measurement.name, value)
    sign = "≤" if measurement.goal_is_max else "≥"
    return Row(measurement.name, value, f"{sign} {measurement.goal:g}", bool(measurement.met))


def _text(value: float, unit: str, where: str = "") -> str:
    number = f"{value:.0f}" if math.isfinite(value) and value == round(value) else f"{value:.4g}"
    return f"{number} {unit}".strip() + (f" ({where})" if where else "")
