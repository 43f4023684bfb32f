"""What went wrong in a foreign plugin while it played, as counted by the audio thread."""

from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class FaultCounts:
    """Counts of three kinds of faults; it is true if there was any."""

    broken_samples: int = 0  # that were no numbers, or far too loud, and were silenced
    refused_events: int = 0  # that found no room, to the plugin or from it
    failed_blocks: int = 0  # that the plugin itself gave up

    @property
    def total(self) -> int:
        """All of them."""
        return sum(astuple(self))

    def __bool__(self) -> bool:
        return self.total > 0

    def __sub__(self, other: "FaultCounts") -> "FaultCounts":
        return FaultCounts(*(now - before for now, before in zip(astuple(self), astuple(other), strict=True)))
