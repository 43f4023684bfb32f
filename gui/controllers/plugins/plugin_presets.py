"""The presets that plugins bring along: listed for the chain bar, loaded undoably while they play."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from gui.controllers.parameters import ParameterController
from gui.engine_bridge import EngineBridge
from gui.panels.chain_bar import ChainBar
from session.parameters import Origin

if TYPE_CHECKING:
    from engine.foreign.foreign_plugin import ForeignPlugin


@dataclass(frozen=True)
class PluginSettings:
    """All that a plugin was set to. source: what it was opened by. state: None where the values say it all."""

    slot: str
    source: str
    state: bytes | None
    values: tuple[float, ...]


class PresetController(QObject):
    """Lists the presets of the plugin of the slot that is shown, once for each plugin, and loads them."""

    changed = pyqtSignal()  # there are presets to be offered
    notified = pyqtSignal(str, bool)

    def __init__(self, bridge: EngineBridge, parameters: ParameterController, chain_bar: ChainBar) -> None:
        super().__init__()
        self._bridge, self._parameters = bridge, parameters
        self._known: dict[str, tuple[tuple[str, str], ...]] = {}  # names and identifiers by what opens a plugin
        parameters.chain_changed.connect(self._look)
        chain_bar.preset_chosen.connect(self._load)

    def presets(self, slot: str) -> tuple[tuple[str, str], ...]:
        """Names and identifiers of the presets of the plugin of a slot, as far as they are known yet."""
        plugin = self._plugin(slot)
        return self._known.get(plugin.source, ()) if plugin is not None else ()

    def _plugin(self, slot: str) -> "ForeignPlugin | None":
        return self._bridge.now.rack.foreign.get(slot) if self._bridge.now is not None else None

    def _look(self) -> None:
        """List the presets of the plugin that is shown, if that was not done; another thread does it."""
        plugin = self._plugin(self._parameters.slot)
        if plugin is not None and plugin.source not in self._known:
            self._known[plugin.source] = ()
            self._bridge.engine.request_in_background(partial(_find, plugin), partial(self._keep, plugin.source))

    def _keep(self, source: str, found: dict[str, str] | str) -> None:
        if isinstance(found, str):
            self.notified.emit(found, True)
        elif found:
            self._known[source] = tuple((name, identifier) for identifier, name in found.items())
            self.changed.emit()

    def _load(self, slot: str, identifier: str) -> None:
        plugin = self._plugin(slot)
        if plugin is not None:
            self._parameters.end_gesture()
            self._bridge.engine.request(partial(_load, slot, plugin, identifier), self._take)

    def _take(self, settings: tuple[PluginSettings, PluginSettings]) -> None:
        """Show the values of a preset that was loaded, and keep those before."""
        before, after = settings
        self._bridge.model.set_values(after.slot, after.values, Origin.ENGINE)
        self._parameters.undo_stack.push_state(self.tr("preset of a plugin"), before, after, self._restore)

    def _restore(self, settings: object) -> None:
        """Bring back what a plugin was set to, if it still has its slot."""
        assert isinstance(settings, PluginSettings)
        plugin = self._plugin(settings.slot)
        if plugin is not None and plugin.source == settings.source:
            self._bridge.engine.request(
                partial(_restore, plugin, settings), partial(self._set_values, settings.slot, settings.values)
            )

    def _set_values(self, slot: str, wanted: tuple[float, ...], present: tuple[float, ...]) -> None:
        """Show what a state has set, and set the other values."""
        self._bridge.model.set_values(slot, present, Origin.ENGINE)
        self._bridge.model.set_values(slot, wanted, Origin.PLAYER)


def _find(plugin: "ForeignPlugin") -> dict[str, str] | str:
    """[worker thread] The presets of a plugin, or why they cannot be listed."""
    try:
        return plugin.find_presets()
    except ValueError as error:
        return str(error)


def _load(slot: str, plugin: "ForeignPlugin", identifier: str) -> tuple[PluginSettings, PluginSettings]:
    """[engine thread] Load a preset; what the plugin was set to before, and after. ValueError."""
    before = _settings(slot, plugin)
    plugin.load_preset(identifier)
    return before, _settings(slot, plugin)


def _restore(plugin: "ForeignPlugin", settings: PluginSettings) -> tuple[float, ...]:
    """[engine thread] Restore the state of a plugin; its values then. ValueError."""
    if settings.state is not None:
        plugin.load_state(settings.state)
    return tuple(plugin.values())


def _settings(slot: str, plugin: "ForeignPlugin") -> PluginSettings:
    return PluginSettings(slot, plugin.source, plugin.save_state(), tuple(plugin.values()))
