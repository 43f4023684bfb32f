"""What the knobs of an instrument are, and which of them are switches or would do nothing."""

from engine.voice.scales import SCALES
from gui import number_format
from gui.terms import named, said
from gui.widgets.knob.spec import Spec
from session.messages import Loaded
from session.rack import ON, SECOND

STEPS = {"voice root": [number_format.note(key)[:-1] for key in range(60, 72)], "voice scale": list(SCALES)}
SWITCHES = ("play", "variation", "legato", "gate", "voice follow", "voice snap")


def specs(now: Loaded) -> list[Spec]:
    """Every knob, in the order of the chain."""
    return [
        Spec(
            knob.name, param.unit, param.low, param.high, param.default, said(param.help), param.cc,
            said(param.name), named(knob.name), tuple(map(said, STEPS.get(knob.name, ()))),
        )
        for knob in now.knobs
        for param in [knob.param]
    ]  # fmt: skip


def is_power(name: str) -> bool:
    """Whether a knob is the switch of an effect, which its link shows."""
    return name.endswith(" " + ON)


def is_switch(name: str) -> bool:
    """Whether a knob has two places only."""
    return name.removeprefix(SECOND + " ") in SWITCHES or is_power(name)


def hidden(now: Loaded) -> list[str]:
    """Knobs that would do nothing for this instrument."""
    tensors = now.tensors
    found = [knob.name for knob in now.knobs if is_power(knob.name)]
    if now.header["kind"] == "resonance" and "router" not in tensors:
        found.append("play")
    if "frequency" in tensors and tensors["frequency"].shape[2] == 1:
        found.append("deform")
    return found
