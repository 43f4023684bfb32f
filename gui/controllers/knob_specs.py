"""Knob specifications for the parameters of a rack: texts and ranges, switches, and hidden parameters."""

from engine.kinds import PLAY_PARAM, kind_of
from gui.engine_translation import translate_name, translate_term
from gui.widgets.knob.spec import KnobSpec
from session.engine_messages import Loaded
from session.rack import LAYER, ON

SWITCHES = (PLAY_PARAM, "variation", "legato", "gate", "voice follow", "voice snap")


def specs(now: Loaded) -> list[KnobSpec]:
    """One for each parameter, in the order of the chain."""
    return [
        KnobSpec(
            each.name, param.unit, param.low, param.high, param.default, translate_term(param.help), param.cc,
            translate_term(param.name), translate_name(each.name),
            tuple(map(translate_term, param.value_names)),
        )
        for each in now.parameters
        for param in [each.param]
    ]  # fmt: skip


def is_power(name: str) -> bool:
    """Whether a parameter switches an effect on, which the chain bar shows."""
    return name.endswith(" " + ON)


def is_switch(name: str) -> bool:
    """Whether a parameter is either off or on."""
    return name.removeprefix(LAYER + " ") in SWITCHES or is_power(name)


def hidden(now: Loaded) -> list[str]:
    """The parameters without a knob: those that would have no effect, and those that the chain bar shows."""
    kind, tensors = kind_of(now.header), now.tensors
    found = [each.name for each in now.parameters if is_power(each.name)]
    if not kind.plays_as_learned(tensors):
        found.append(PLAY_PARAM)
    return [*found, *kind.inert_params(tensors)]
