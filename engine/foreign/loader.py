"""Loading of a plugin of any format by its name."""

from os import PathLike

from engine.kinds.kind import load_member
from engine.plugin import Plugin
from engine.plugin.external import load as load_own

from . import calls
from .names import Format, parse

_CLASSES = {Format.CLAP: "engine.foreign.clap.plugin:ClapPlugin", Format.LV2: "engine.foreign.lv2.plugin:Lv2Plugin"}
"""Module and class for each format; a class is called with a place and an identifier."""
_FINDERS = {Format.CLAP: "engine.foreign.clap.library:find_binary", Format.LV2: "engine.foreign.lv2.lilv:find_plugin"}
"""Module and function for each format, called with a place: where there is no plugin it says so."""


def load(name: str | PathLike[str]) -> Plugin:
    """[main thread] A plugin by its name, see `names.parse`. PluginError says in one line why it cannot be had."""
    meant = parse(name)
    if meant.format not in _CLASSES:
        return load_own(name)
    from .scan import find_title  # not needed by what loads none

    calls.check(str(meant))
    with calls.within(str(meant), find_title(name)):
        made: Plugin = load_member(_CLASSES[meant.format])(meant.place, meant.id)
    object.__setattr__(made, "source", str(meant))  # the base class has no slot for it
    return made


def check_installed(name: str | PathLike[str]) -> None:
    """[main thread] PluginError if a name means no plugin of others that is installed; none of their code is run."""
    meant = parse(name)
    if meant.format in _FINDERS:
        load_member(_FINDERS[meant.format])(meant.place)
