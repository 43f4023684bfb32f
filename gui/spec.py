"""What a knob is for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Spec:
    """One parameter, as a player turns it."""

    name: str
    unit: str
    low: float
    high: float
    default: float
    help: str = ""
    cc: int | None = None
    title: str = ""  # what stands on it, where that is shorter than its name

    @property
    def words(self) -> str:
        """What stands on it."""
        return (self.title or self.name).capitalize()
