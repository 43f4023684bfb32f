"""[main thread] The presets of an LV2 plugin: those that are installed for it, and the one that it begins with."""

import ctypes
from typing import TYPE_CHECKING

from engine.plugin.external import PluginError

from . import state_text
from .lilv import find_texts, functions, take_texts, uri_node, world
from .uris import full_uri

if TYPE_CHECKING:
    from .plugin import Lv2Plugin


def find_presets(plugin: int) -> dict[str, str]:
    """The presets of a plugin of lilv: names by their URIs, in order of name."""
    lilv = functions()
    uris = take_texts(lilv.plugin_get_related(plugin, uri_node(full_uri("pset:Preset"))))
    names = {}
    for uri in uris:
        lilv.world_load_resource(world(), uri_node(uri))
        names[uri] = next(iter(find_texts(uri_node(uri), full_uri("rdfs:label"))), uri)
    return dict(sorted(names.items(), key=lambda item: (item[1].casefold(), item[0])))


def load_preset(plugin: "Lv2Plugin", uri: str) -> None:
    """Load a preset by its URI. PluginError if there is none."""
    if uri not in find_presets(plugin.lilv_plugin) or not _load(plugin, uri):
        raise PluginError(f"{plugin.name} has no preset {uri!r}")


def load_default(plugin: "Lv2Plugin") -> None:
    """Load the state that the bundle of a plugin gives it to begin with, if there is one."""
    functions().world_load_resource(world(), uri_node(plugin.uri))
    _load(plugin, plugin.uri)


def _load(plugin: "Lv2Plugin", uri: str) -> bool:
    """Load the state of a URI in the world; whether there is one."""
    lilv = functions()
    state = lilv.state_new_from_world(world(), ctypes.addressof(plugin.urid_map.map), uri_node(uri))
    if not state:
        return False
    state_text.apply(plugin, state)
    lilv.state_free(state)
    return True
