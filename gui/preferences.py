"""What the window remembers of the last evening, as plain JSON values."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from session import config_store

NAME = "session"
SAFE = -12.0  # dB: the volume of the very first start


@dataclass
class Memory:
    """Everything has a value that a first start can live with."""

    preset: str = ""
    values: dict[str, float] = field(default_factory=dict)
    chain: dict[str, Any] = field(default_factory=dict)  # of session.patch.Chain
    volume: float = SAFE
    theme: str = "dark"
    geometry: str = ""
    view: int = 0
    favourites: list[str] = field(default_factory=list)
    learned: list[list[Any]] = field(default_factory=list)  # plugin, parameter, controller
    device: dict[str, Any] = field(default_factory=dict)  # of engine.devices.backend.Settings
    midi: str | None = None
    a4: float = 440.0  # Hz
    learning: dict[str, Any] = field(default_factory=dict)  # of gui.processes.learn.Task, while it is not finished
    folders: dict[str, str] = field(default_factory=dict)  # that files were chosen from, by gui.dialogs.prompts
    channel: int = 0  # the MIDI channel that is heard; 0: all but the drums


def recall() -> Memory:
    """The last evening; values that are not of their type are forgotten."""
    plain, found = asdict(Memory()), config_store.recall(NAME)
    known = {key: value for key, value in found.items() if key in plain and _is_alike(value, plain[key])}
    memory = Memory(**known)
    memory.volume = min(max(float(memory.volume), -60.0), 0.0)
    memory.a4 = min(max(float(memory.a4), 400.0), 480.0)
    memory.channel = memory.channel if 0 <= memory.channel <= 16 else 0
    memory.values = {str(k): float(v) for k, v in memory.values.items() if isinstance(v, int | float)}
    memory.folders = {kind: place for kind, place in memory.folders.items() if isinstance(place, str)}
    memory.learned = [row for row in memory.learned if _is_row(row)]
    return memory


def keep(memory: Memory) -> None:
    """Remember for the next time."""
    config_store.keep(NAME, asdict(memory))


def path(memory: Memory) -> Path | None:
    """The preset that played last, if it is still there."""
    found = Path(memory.preset)
    return found if memory.preset and found.is_file() else None


def _is_alike(value: object, plain: object) -> bool:
    if plain is None:
        return value is None or isinstance(value, str)
    if isinstance(plain, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, type(plain))


def _is_row(row: object) -> bool:
    if not isinstance(row, list) or len(row) != 3:
        return False
    plugin, name, controller = row
    number = controller is None or (isinstance(controller, int) and 0 <= controller < 128)
    return isinstance(plugin, str) and isinstance(name, str) and number
