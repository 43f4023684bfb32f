"""[main thread] What an LV2 plugin says of itself, and which plugins a bundle has; none of their code is run."""

import os
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from engine.foreign.names import LV2_PREFIX
from engine.foreign.plugin_entry import EFFECT, INSTRUMENT, MIDI_EFFECT, PluginEntry

from .lilv import functions, path_of, plugins, port_count, quiet_stderr, take_text, take_texts, text_of, uri_node
from .uris import full_uri, short_uri

FORMAT = "LV2"
_INSTRUMENT_CLASS = "core:InstrumentPlugin"
_MIDI_CLASSES = ("core:MIDIPlugin",)


def describe(plugin: int) -> PluginEntry:
    """A plugin of lilv."""
    with quiet_stderr():  # lilv complains there of ports that are not described
        return _describe(plugin)


def _describe(plugin: int) -> PluginEntry:
    lilv = functions()
    uri = text_of(lilv.plugin_get_uri(plugin))
    title = take_text(lilv.plugin_get_name(plugin)) or uri
    maker = take_text(lilv.plugin_get_author_name(plugin))
    path = path_of(lilv.plugin_get_bundle_uri(plugin)).rstrip("/")
    return PluginEntry(f"{LV2_PREFIX}{uri}", FORMAT, title, maker, _kind(plugin), path)


def list_bundle(path: str) -> list[PluginEntry]:
    """The plugins of a bundle."""
    return [describe(plugin) for plugin in plugins_by_bundle().get(os.path.realpath(path), [])]


@cache
def plugins_by_bundle() -> dict[str, list[int]]:
    """The plugins of lilv that were installed at the first call, by the real paths of their bundles."""
    lilv, found = functions(), defaultdict(list)
    for plugin in plugins():
        found[os.path.realpath(path_of(lilv.plugin_get_bundle_uri(plugin)))].append(plugin)
    return dict(found)


def required_features(plugin: int) -> list[str]:
    """The short names of the features without which a plugin does not work."""
    return [short_uri(uri) for uri in take_texts(functions().plugin_get_required_features(plugin))]


def wanted_features(plugin: int) -> list[str]:
    """The short names of the features that a plugin uses where it gets them."""
    return [short_uri(uri) for uri in take_texts(functions().plugin_get_optional_features(plugin))]


def _kind(plugin: int) -> str:
    """What a plugin is in a chain: by its class, and by its ports."""
    classes = _values(plugin, "rdf:type")
    if _INSTRUMENT_CLASS in classes:
        return INSTRUMENT
    audio_in, audio_out, midi_in, midi_out = (_has_port(plugin, *classes_of) for classes_of in (
        ("core:AudioPort", "core:InputPort"), ("core:AudioPort", "core:OutputPort"),
        ("atom:AtomPort", "core:InputPort"), ("atom:AtomPort", "core:OutputPort"),
    ))  # fmt: skip
    if not audio_in and not audio_out and (midi_in and midi_out or set(_MIDI_CLASSES) & set(classes)):
        return MIDI_EFFECT
    return INSTRUMENT if midi_in and audio_out and not audio_in else EFFECT


def _has_port(plugin: int, *classes: str) -> bool:
    """Whether a plugin has a port of all these classes."""
    lilv = functions()
    ports = (lilv.plugin_get_port_by_index(plugin, i) for i in range(port_count(plugin)))
    nodes = [uri_node(full_uri(name)) for name in classes]
    return any(all(lilv.port_is_a(plugin, port, node) for node in nodes) for port in ports)


def _values(plugin: int, predicate: str) -> Sequence[str]:
    nodes = functions().plugin_get_value(plugin, uri_node(full_uri(predicate)))
    return [short_uri(uri) for uri in take_texts(nodes)]
