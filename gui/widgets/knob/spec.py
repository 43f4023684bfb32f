"""Specification of a knob: names, unit, range, default and choices of a parameter."""

from dataclasses import dataclass

from gui import knob_scale, number_format

SCALE_STEPS = 100  # of a continuous parameter: those of the arrow keys


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
    is_foreign: bool = False  # of a plugin that was not written for Luthier: its texts stay as it writes them
    group: str = ""
    stops: int = 0  # between low and high, equally far apart; 0: continuous, or as `steps` say
    words: tuple[tuple[float, str], ...] = ()  # of single values
    is_logarithmic: bool | None = None  # None: by the range

    @property
    def label(self) -> str:
        """The text printed on the knob."""
        return self.title or self.name if self.is_foreign else (self.title or self.name).capitalize()

    @property
    def full_name(self) -> str:
        """The name with the slot's name before it."""
        return self.long_title or self.name

    @property
    def heading(self) -> str:
        """The full name as the first words of a text."""
        return self.full_name if self.is_foreign else self.full_name.capitalize()

    @property
    def is_switch(self) -> bool:
        """Whether it is a parameter of a foreign plugin that is either off, 0, or on, 1."""
        return self.is_foreign and self.stops == 1 and (self.low, self.high) == (0, 1)

    @property
    def stop_size(self) -> float:
        """The distance of two values of a parameter with few; 0 where it is continuous."""
        return 1.0 if self.steps else (self.high - self.low) / self.stops if self.stops else 0.0

    def clamp(self, value: float) -> float:
        """The nearest value that the parameter can have."""
        value = min(max(value, self.low), self.high)
        if self.steps:
            return self.low + round(value - self.low)
        size = self.stop_size
        return min(self.low + round((value - self.low) / size) * size, self.high) if size else value

    def position_of(self, value: float) -> float:
        """The share of the range, 0..1, at which a value is shown."""
        return knob_scale.position_of(value, self.low, self.high, self.is_logarithmic)

    def value_at(self, position: float) -> float:
        """The value at a share of the range."""
        return knob_scale.value_at(position, self.low, self.high, self.is_logarithmic)

    def step(self, value: float, by: float) -> float:
        """The value so many steps of the arrow keys away; of a continuous parameter also a part of one."""
        if self.stop_size:
            return self.clamp(value + by * self.stop_size)
        return self.value_at(self.position_of(value) + by / SCALE_STEPS)

    def format(self, value: float) -> str:
        """A value as text."""
        if self.steps:
            return self.steps[round(value - self.low)]
        word = next((word for place, word in self.words if _is_same(place, value)), "")
        if word or not self.is_foreign:
            return word or number_format.format_value(value, self.unit)
        return number_format.format_fine(value, self.unit)

    def parse(self, text: str) -> float | None:
        """The value of a text: the beginning of a step's name, or a number; None: neither."""
        wanted = text.strip().casefold()
        named = [*((self.low + i, step) for i, step in enumerate(self.steps)), *self.words]
        for value, word in sorted(named, key=lambda each: each[1].casefold() != wanted):  # the whole word comes first
            if wanted and word.casefold().startswith(wanted):
                return value
        return number_format.parse(text, self.unit)


def _is_same(one: float, other: float) -> bool:
    """Whether two values are one, as the engine keeps them with seven digits."""
    return abs(one - other) <= 1e-6 * max(abs(one), abs(other), 1e-6)
