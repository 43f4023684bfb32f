"""What a knob is for."""

from dataclasses import dataclass

from gui import number_format


@dataclass(frozen=True)
class KnobSpec:
    """One parameter, as a player turns it."""

    name: str
    unit: str
    low: float
    high: float
    default: float
    help: str = ""
    cc: int | None = None
    title: str = ""  # what stands on it, where that is not its name,
    called: str = ""  # and what it is called where there is more room, in the player's language
    steps: tuple[str, ...] = ()  # names of its values, where these are few: from `low` on, 1 apart

    @property
    def words(self) -> str:
        """What stands on it."""
        return (self.title or self.name).capitalize()

    @property
    def full(self) -> str:
        """Its name, and that of the link that it is on."""
        return self.called or self.name

    def near(self, value: float) -> float:
        """The value that it can have nearest to another one."""
        value = min(max(value, self.low), self.high)
        return float(round(value)) if self.steps else value

    def text(self, value: float) -> str:
        """A value as it is read."""
        return self.steps[round(value - self.low)] if self.steps else number_format.format_value(value, self.unit)

    def parse(self, words: str) -> float | None:
        """A value as it is typed: a number, or how the name of a value begins; None: neither."""
        wanted = words.strip().casefold()
        for i, step in enumerate(self.steps):
            if wanted and step.casefold().startswith(wanted):
                return self.low + i
        return number_format.parse(words, self.unit)
