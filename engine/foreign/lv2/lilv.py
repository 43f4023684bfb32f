"""[main thread] lilv, the library that reads the descriptions of LV2 plugins, by ctypes."""

import contextlib
import ctypes
import functools
import os
import re
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from engine.foreign.float_environment import kept_float_environment
from engine.foreign.plugin_files import lv2_bundles
from engine.plugin.external import PluginError

LIBRARY = "liblilv-0.so.0"
MAX_WAIT_SECONDS = 30.0  # for another thread, which may open a large plugin
_URI = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\^`\ud800-\udfff]+""")
_loaded_bundles: set[Path] = set()
_Method = TypeVar("_Method", bound=Callable[..., Any])
_lock = threading.RLock()
_TYPES: dict[str, Any] = {
    "p": ctypes.c_void_p, "s": ctypes.c_char_p, "b": ctypes.c_bool, "u": ctypes.c_uint32, "i": ctypes.c_int,
    "d": ctypes.c_double, "f": ctypes.c_float, "v": None,
}  # fmt: skip
_SIGNATURES = """
world_new p | world_load_all v p | world_load_bundle v p p
world_get_all_plugins p p | world_load_resource i p p | world_set_option v p s p
world_get p p p p p | world_find_nodes p p p p p | new_bool p p b | new_uri p p s | new_file_uri p p p s | free v p
plugins_begin p p | plugins_next p p p | plugins_is_end b p p | plugins_get p p p | plugins_get_by_uri p p p
plugin_get_uri p p | plugin_get_name p p | plugin_get_bundle_uri p p | plugin_get_library_uri p p
plugin_get_author_name p p | plugin_get_project p p | plugin_get_value p p p | plugin_get_required_features p p
plugin_get_optional_features p p
plugin_get_num_ports u p | plugin_get_port_by_index p p u | plugin_get_port_ranges_float v p p p p
plugin_get_related p p p | plugin_instantiate p p d p | instance_free v p | plugin_is_replaced b p
port_is_a b p p p | port_get_name p p p | port_get_symbol p p p | port_has_property b p p p
port_supports_event b p p p | port_get p p p p | port_get_value p p p p | port_get_scale_points p p p
scale_points_begin p p | scale_points_next p p p | scale_points_is_end b p p | scale_points_get p p p
scale_points_free v p | scale_point_get_label p p | scale_point_get_value p p
nodes_begin p p | nodes_next p p p | nodes_is_end b p p | nodes_get p p p | nodes_free v p
node_as_uri s p | node_as_string s p | node_as_float f p | node_as_int i p | node_is_float b p | node_is_int b p
node_free v p | node_is_uri b p | node_is_blank b p | file_uri_parse p s p
state_new_from_instance p p p p s s s s p p u p | state_to_string p p p p p s s | state_new_from_string p p p s
state_new_from_world p p p p | state_restore v p p p p u p | state_free v p | state_get_plugin_uri p p
"""
"""Functions without their prefix, each with its result and its arguments as letters of _TYPES."""


_CALLING_PLUGINS = ("plugin_instantiate", "instance_free", "state_new_from_instance", "state_restore")
"""Functions that run code of the plugin itself."""


def alone(method: _Method) -> _Method:
    """Decorate what calls lilv, which bears one thread at a time. PluginError if another one does not come back."""

    @functools.wraps(method)
    def locked(*arguments: Any, **options: Any) -> Any:
        if not _lock.acquire(timeout=MAX_WAIT_SECONDS):
            raise PluginError("an LV2 plugin that hangs keeps all others from being opened: start Luthier anew")
        try:
            return method(*arguments, **options)
        finally:
            _lock.release()

    return cast(_Method, locked)


@cache
def functions() -> Any:
    """The functions of lilv, as attributes without their prefix. PluginError if it is not installed."""
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError:
        raise PluginError("LV2 plugins need the library lilv: apt-get install liblilv-0-0") from None
    table = _Functions()
    for text in _SIGNATURES.replace("\n", "|").split("|"):
        if text.strip():
            name, result, *arguments = text.split()
            function = getattr(library, f"lilv_{name}")
            function.restype, function.argtypes = _TYPES[result], [_TYPES[letter] for letter in arguments]
            setattr(table, name, kept_float_environment()(function) if name in _CALLING_PLUGINS else function)
    return table


class _Functions:
    """The functions of lilv as attributes."""


@cache
def world() -> int:
    """All LV2 plugins that are installed; it is read once.

    Dynamic manifests are off: for them lilv would run the code of plugins while it lists them.
    """
    lilv = functions()
    found: int = lilv.world_new()
    off = lilv.new_bool(found, False)
    lilv.world_set_option(found, b"http://drobilla.net/ns/lilv#dyn-manifest", off)
    with quiet_stderr():  # lilv complains of every odd bundle there
        lilv.world_load_all(found)
    _loaded_bundles.update(lv2_bundles())
    return found


@cache
def uri_node(uri: str) -> int:
    """The node of a URI."""
    return int(functions().new_uri(world(), uri.encode()))


def plugins() -> Iterator[int]:
    """All plugins."""
    lilv = functions()
    found = lilv.world_get_all_plugins(world())
    place = lilv.plugins_begin(found)
    while not lilv.plugins_is_end(found, place):
        yield lilv.plugins_get(found, place)
        place = lilv.plugins_next(found, place)


def find_plugin(uri: str) -> int:
    """The plugin of a URI, also if it was installed just now. PluginError if there is none."""
    found = _find(uri)
    if not found:
        _load_new_bundles()
        found = _find(uri)
    if not found:
        raise PluginError(f"no LV2 plugin {uri!r} is installed; `luthier plugins` lists those that are")
    return found


def port_count(plugin: int) -> int:
    """How many ports a plugin has; 0 where it does not describe all of them."""
    with quiet_stderr():  # lilv says there which one is missing
        return int(functions().plugin_get_num_ports(plugin))


def text_of(node: int | None) -> str:
    """The text of a node that belongs to somebody; empty where there is none."""
    return (functions().node_as_string(node) or b"").decode("utf-8", "replace") if node else ""


def take_text(node: int | None) -> str:
    """The text of a node that is ours, which is freed."""
    text = text_of(node)
    if node:
        functions().node_free(node)
    return text


def take_number(node: int | None) -> float | None:
    """The number of a node that is ours, which is freed; None where it is none."""
    lilv = functions()
    if not node:
        return None
    is_number = lilv.node_is_float(node) or lilv.node_is_int(node)
    value = float(lilv.node_as_float(node)) if is_number else None
    lilv.node_free(node)
    return value


def take_texts(nodes: int | None) -> list[str]:
    """The texts of a collection of nodes that is ours, which is freed."""
    lilv = functions()
    if not nodes:
        return []
    found, place = [], lilv.nodes_begin(nodes)
    while not lilv.nodes_is_end(nodes, place):
        found.append(text_of(lilv.nodes_get(nodes, place)))
        place = lilv.nodes_next(nodes, place)
    lilv.nodes_free(nodes)
    return found


def path_of(node: int | None) -> str:
    """The path of a node with the URI of a file; empty where there is none."""
    lilv = functions()
    address = lilv.file_uri_parse(lilv.node_as_uri(node), None) if node else None
    if not address:
        return ""
    path = os.fsdecode(ctypes.string_at(address))
    lilv.free(address)
    return path


def find_texts(subject: int, predicate: str) -> list[str]:
    """The texts of all objects of a subject's predicate in the world."""
    return take_texts(functions().world_find_nodes(world(), subject, uri_node(predicate), None))


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Let nothing be written to the standard error by C code."""
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def _load_new_bundles() -> None:
    """Add what was installed since the world was read."""
    lilv, all_of_it = functions(), world()
    for bundle in [each for each in lv2_bundles() if each not in _loaded_bundles]:
        _loaded_bundles.add(bundle)
        node = lilv.new_file_uri(all_of_it, None, os.fsencode(f"{bundle}/"))
        with quiet_stderr():
            lilv.world_load_bundle(all_of_it, node)
        lilv.node_free(node)


def _find(uri: str) -> int:
    """The plugin of a URI in the world; 0 if there is none."""
    lilv = functions()
    found = lilv.plugins_get_by_uri(lilv.world_get_all_plugins(world()), uri_node(uri)) if _is_uri(uri) else None
    return int(found or 0)


def _is_uri(text: str) -> bool:
    """Whether lilv takes a text as a URI at all: it has a scheme."""
    return _URI.fullmatch(text) is not None
