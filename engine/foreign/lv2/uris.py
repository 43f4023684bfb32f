"""The names of LV2, by short prefixes."""

_NAMESPACE = "http://lv2plug.in/ns/"
_PREFIXES = {
    "core": _NAMESPACE + "lv2core#", "atom": _NAMESPACE + "ext/atom#", "midi": _NAMESPACE + "ext/midi#",
    "urid": _NAMESPACE + "ext/urid#", "bufsz": _NAMESPACE + "ext/buf-size#", "opts": _NAMESPACE + "ext/options#",
    "worker": _NAMESPACE + "ext/worker#", "state": _NAMESPACE + "ext/state#", "log": _NAMESPACE + "ext/log#",
    "param": _NAMESPACE + "ext/parameters#", "rsz": _NAMESPACE + "ext/resize-port#",
    "pprops": _NAMESPACE + "ext/port-props#", "pg": _NAMESPACE + "ext/port-groups#",
    "pset": _NAMESPACE + "ext/presets#", "units": _NAMESPACE + "extensions/units#", "time": _NAMESPACE + "ext/time#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}  # fmt: skip


def full_uri(short: str) -> str:
    """The URI of a name such as "core:ControlPort"."""
    prefix, _, name = short.partition(":")
    return _PREFIXES[prefix] + name


def short_uri(uri: str) -> str:
    """The short name of a URI; the URI itself where it has none."""
    for prefix, beginning in _PREFIXES.items():
        if uri.startswith(beginning):
            return f"{prefix}:{uri.removeprefix(beginning)}"
    return uri
