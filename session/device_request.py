"""Where sound and notes can go and come from, and which of it a player wishes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Somewhere that sound can go or come from, or notes can come from."""

    kind: str  # "output", "input" or "midi"
    backend: str
    name: str
    text: str = ""


@dataclass(frozen=True)
class Wishes:
    """What the player chose; None leaves it to the device."""

    backend: str | None = None
    device: str | None = None
    rate: float | None = None
    block: int | None = None
    midi: str | None = None
    input: str | None = None
