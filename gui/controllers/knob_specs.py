"""Knob specifications for the parameters of a rack: texts and ranges, switches, and hidden parameters."""

from collections.abc import Iterator
from itertools import groupby

from PyQt6.QtCore import QCoreApplication

from engine.kinds import PLAY_PARAM
from engine.plugin import Param
from gui.engine_translation import translate_name, translate_term
from gui.widgets.knob.spec import KnobSpec
from gui.widgets.parameter_list.groups import find_groups
from session.engine_messages import Loaded
from session.rack import LAYER, ON, RackParameter

SWITCHES = (PLAY_PARAM, "variation", "legato", "gate", "voice follow", "voice snap")
FREQUENCY_UNITS = ("Hz", "kHz")  # whose scales are logarithmic even if a plugin does not say so


def specs(now: Loaded) -> list[KnobSpec]:
    """One for each parameter, in the order of the chain."""
    found: list[KnobSpec] = []
    for _, parameters in groupby(now.parameters, key=lambda each: each.slot):
        found += _slot_specs(list(parameters))
    return found


def is_power(name: str) -> bool:
    """Whether a parameter switches an effect on, which the chain bar shows."""
    return name.endswith(" " + ON)


def is_switch(name: str) -> bool:
    """Whether a parameter is either off or on."""
    return name.removeprefix(LAYER + " ") in SWITCHES or is_power(name)


def hidden(now: Loaded) -> list[str]:
    """The parameters without a knob: those that would have no effect, and those that the chain bar shows."""
    found, kind = [each.name for each in now.parameters if each.param.name == ON], now.kind
    if kind is None:
        return found
    tensors = now.tensors
    if not kind.plays_as_learned(tensors):
        found.append(PLAY_PARAM)
    return [*found, *kind.inert_params(tensors)]


def _slot_specs(parameters: list[RackParameter]) -> Iterator[KnobSpec]:
    """Those of one slot; groups by the numbers in the names where the plugin names none."""
    groups = [each.param.group.replace("/", " › ") for each in parameters]
    if not any(groups) and any(map(_is_foreign, parameters)):
        groups = find_groups([each.param.name for each in parameters])
    for each, group in zip(parameters, groups, strict=True):
        yield _foreign_spec(each, group) if _is_foreign(each) else _own_spec(each)


def _is_foreign(parameter: RackParameter) -> bool:
    return bool(parameter.param.key)


def _own_spec(each: RackParameter) -> KnobSpec:
    param = each.param
    return KnobSpec(
        each.name, param.unit, param.low, param.high, param.default, translate_term(param.help), param.cc,
        translate_term(param.name), translate_name(each.name), tuple(map(translate_term, param.value_names)),
    )  # fmt: skip


def _foreign_spec(each: RackParameter, group: str) -> KnobSpec:
    """Of a parameter whose texts are the plugin's own."""
    param = each.param
    return KnobSpec(
        each.name, param.unit, param.low, param.high, param.default, param.help, param.cc, param.name, each.name,
        param.value_names, True, group, 0 if param.value_names and param.steps != 1 else param.steps,
        _words(param), _scale(param),
    )  # fmt: skip


def _words(param: Param) -> tuple[tuple[float, str], ...]:
    """The words of single values; of a switch without any: off and on."""
    if param.words or param.steps != 1:
        return () if param.value_names else param.words
    off, on = (QCoreApplication.translate("ParameterController", word) for word in ("off", "on"))
    return (param.low, off), (param.high, on)


def _scale(param: Param) -> bool | None:
    """Whether the scale is logarithmic: as the plugin says, or as a range of frequencies wants it (None)."""
    if param.is_logarithmic:
        return True
    return None if param.unit in FREQUENCY_UNITS and not param.steps else False
