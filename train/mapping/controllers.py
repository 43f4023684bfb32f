"""Controllers of an SFZ mapping at their initial values: which regions sound, and how much velocity matters."""

import re
from collections.abc import Mapping

DEFAULT_VALUES = {7: 100.0, 10: 64.0, 11: 127.0}
"""MIDI controllers that do not begin at 0."""
MAX_CONTROLLER = 127
"""Highest MIDI controller; the ones above stand for velocity, chance and the like."""

_INITIAL = re.compile(r"set_(?P<fine>hd)?cc(?P<number>\d+)")
_BOUND = re.compile(r"(?P<on>on_)?(?P<side>lo|hi)(?P<fine>hd)?cc(?P<number>\d+)")
_TRACKING = re.compile(r"amp_veltrack_(?:on)?cc(?P<number>\d+)")
_NUMBER = re.compile(r"[-+]?\d*\.?\d+")


class Controllers:
    """Controllers, 0…127 each."""

    def __init__(self) -> None:
        self._values = dict(DEFAULT_VALUES)

    def set_initial(self, opcode: str, value: str) -> bool:
        """Set the value with which a controller begins; whether the opcode does that."""
        found = _INITIAL.fullmatch(opcode)
        if found:
            self._values[int(found["number"])] = _number(value) * (127 if found["fine"] else 1)
        return found is not None

    def allow(self, opcodes: Mapping[str, str]) -> bool:
        """Whether a region sounds by its keys while all controllers stand where they begin."""
        for opcode, text in opcodes.items():
            found = _BOUND.fullmatch(opcode)
            if not found or int(found["number"]) > MAX_CONTROLLER:
                continue
            if found["on"]:
                return False
            bound = _number(text) * (127 if found["fine"] else 1)
            value = self._values.get(int(found["number"]), 0.0)
            if value < bound - 0.5 if found["side"] == "lo" else value > bound + 0.5:
                return False
        return True

    def velocity_tracking(self, opcodes: Mapping[str, str]) -> float:
        """Share 0…1 by which velocity sets the gain of a region."""
        percent = _number(opcodes.get("amp_veltrack", "100"))
        for opcode, text in opcodes.items():
            found = _TRACKING.fullmatch(opcode)
            if found:
                percent += _number(text) * self._values.get(int(found["number"]), 0.0) / 127
        return min(max(percent / 100, 0.0), 1.0)


def _number(text: str) -> float:
    found = _NUMBER.match(text.strip())
    return float(found.group()) if found else 0.0
