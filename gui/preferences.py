"""The preferences: what the window stores from one start to the next, as plain JSON values."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.foreign import is_foreign
from session import config_store

if TYPE_CHECKING:
    from engine.devices.backend import DeviceRequest

NAME = "session"
INITIAL_VOLUME_DB = -12.0  # at the very first start


@dataclass
class Preferences:
    """The defaults are those of a first start; the names are those of the JSON file."""

    preset: str = ""  # path of the instrument or patch that played last
    instrument: str = ""  # path of the instrument itself, should the patch be gone
    values: dict[str, float] = field(default_factory=dict)
    chain: dict[str, Any] = field(default_factory=dict)  # of session.patch.Chain
    volume: float = INITIAL_VOLUME_DB
    theme: str = "dark"
    geometry: str = ""
    view: int = 0
    favourites: list[str] = field(default_factory=list)
    learned: list[list[Any]] = field(default_factory=list)  # plugin, parameter, controller
    device: dict[str, Any] = field(default_factory=dict)  # of engine.devices.backend.DeviceRequest
    midi: str | None = None
    a4: float = 440.0  # Hz
    learning: dict[str, Any] = field(default_factory=dict)  # of gui.processes.learn.LearnTask, until it is finished
    folders: dict[str, str] = field(
        default_factory=dict
    )  # that files were chosen from, by gui.dialogs.name_and_file_prompts
    channel: int = 0  # the MIDI channel that is received; 0: all


def load() -> Preferences:
    """The stored preferences; values of a wrong type are replaced by their defaults."""
    defaults, found = asdict(Preferences()), config_store.load(NAME)
    known = {key: value for key, value in found.items() if key in defaults and _has_type_of(value, defaults[key])}
    loaded = Preferences(**known)
    loaded.volume = min(max(float(loaded.volume), -60.0), 0.0)
    loaded.a4 = min(max(float(loaded.a4), 400.0), 480.0)
    loaded.channel = loaded.channel if 0 <= loaded.channel <= 16 else 0
    loaded.values = {str(k): float(v) for k, v in loaded.values.items() if isinstance(v, int | float)}
    loaded.folders = {kind: folder for kind, folder in loaded.folders.items() if isinstance(folder, str)}
    loaded.learned = [each for each in loaded.learned if _is_assignment(each)]
    return loaded


def save(preferences: Preferences) -> OSError | None:
    """Store the preferences; the error if they could not be."""
    return config_store.save(NAME, asdict(preferences))


def last_instrument(preferences: Preferences) -> Path | None:
    """The file of the instrument or patch that played last; of a patch that is gone its instrument; or a plugin."""
    paths = [Path(path) for path in (preferences.preset, preferences.instrument) if path]
    return next((path for path in paths if is_foreign(path) or path.is_file()), None)


def device_request(preferences: Preferences) -> "DeviceRequest":
    """The devices that were chosen last."""
    from engine.devices.backend import DeviceRequest

    known = {key: value for key, value in preferences.device.items() if key in DeviceRequest.__dataclass_fields__}
    return DeviceRequest(**{**known, "midi": preferences.midi})


def _has_type_of(value: object, default: object) -> bool:
    if default is None:
        return value is None or isinstance(value, str)
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, type(default))


def _is_assignment(found: object) -> bool:
    if not isinstance(found, list) or len(found) != 3:
        return False
    plugin, name, controller = found
    number = controller is None or (isinstance(controller, int) and 0 <= controller < 128)
    return isinstance(plugin, str) and isinstance(name, str) and number
