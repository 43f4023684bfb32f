"""What may be passed on of an instrument: all of it, the learned model without its recordings, or nothing."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

Redistribution = Literal["free", "model-only", "no"]
VALUES: tuple[str, ...] = get_args(Redistribution)
KEY = "redistribution"
"""In the header of a preset; "free" where it is missing."""


def redistribution_of(header: Mapping[str, Any]) -> str:
    """What may be passed on, one of VALUES; ValueError for another word in the header."""
    value = header.get(KEY, "free")
    if value not in VALUES:
        raise ValueError(f"has {KEY} {value!r}; it must be {', '.join(VALUES[:-1])} or {VALUES[-1]}")
    return str(value)


def check_exportable(header: Mapping[str, Any]) -> None:
    """ValueError, one line, for an instrument that may not be passed on."""
    if redistribution_of(header) == "no":
        raise ValueError(
            f"{header['name']} may not be passed on: its maker has set {KEY} to 'no', so it is not exported"
        )
