"""Specification of a knob: names, unit, range, default and choices of a parameter."""

from dataclasses import dataclass

from gui import number_format


@dataclass(frozen=True)
class KnobSpec:
    """One parameter as a knob shows it."""

    name: str
    unit: str
    low: float
    high: float
    default: float
    help: str = ""
    cc: int | None = None
    title: str = ""  # translated name, printed on the knob
    long_title: str = ""  # the same with the slot's name before it
    steps: tuple[str, ...] = ()  # names of the values of a parameter with few: from `low` on, 1 apart

    @property
    def label(self) -> str:
        """The text printed on the knob."""
        return (self.title or self.name).capitalize()

    @property
    def full_name(self) -> str:
        """The name with the slot's name before it."""
        return self.long_title or self.name

    def clamp(self, value: float) -> float:
        """The nearest value that the parameter can have."""
        value = min(max(value, self.low), self.high)
        return float(round(value)) if self.steps else value

    def format(self, value: float) -> str:
        """A value as text."""
        return self.steps[round(value - self.low)] if self.steps else number_format.format_value(value, self.unit)

    def parse(self, text: str) -> float | None:
        """The value of a text: the beginning of a step's name, or a number; None: neither."""
        wanted = text.strip().casefold()
        for i, step in enumerate(self.steps):
            if wanted and step.casefold().startswith(wanted):
                return self.low + i
        return number_format.parse(text, self.unit)
