"""The list of effects: one line each. A module is loaded when it is needed, so that listing needs no compiler."""

from typing import TYPE_CHECKING, Protocol

from engine.kinds.kind import load_member

if TYPE_CHECKING:
    from engine.impulse_response import ImpulseResponse
    from engine.plugin import Param, Plugin

ROOM = "room"
"""The one effect that needs an impulse response: that of the instrument, of another one, or of a sound file."""

EFFECTS: dict[str, str] = {
    "tone": "tilt_eq:TiltEq",
    "chorus": "chorus:Chorus",
    "compressor": "compressor:Compressor",
    ROOM: "convolution_reverb:ConvolutionReverb",
    "equalizer": "equalizer:Equalizer",
    "drive": "drive:Drive",
    "delay": "delay:Delay",
    "reverb": "reverb.effect:Reverb",
}
"""Name of each effect, as plugins and chains have it: module in this folder and class."""


class EffectClass(Protocol):
    """The interface of the class of an effect."""

    title: str  # in the window
    help: str
    params: "tuple[Param, ...]"

    def __call__(self, *arguments: object) -> "Plugin":
        """Make a plugin."""


def effect_class(name: str) -> EffectClass:
    """The class of an effect; ValueError lists the names."""
    if name not in EFFECTS:
        raise ValueError(f"no effect {name!r}; there are {', '.join(EFFECTS)}")
    found: EffectClass = load_member(f"{__package__}.{EFFECTS[name]}")
    return found


def make(name: str, impulse_response: "ImpulseResponse | None" = None) -> "Plugin":
    """[main thread] A new plugin of an effect; `ROOM` needs an impulse response. ValueError if it cannot be made."""
    cls = effect_class(name)
    if name != ROOM:
        return cls()
    if impulse_response is None:
        raise ValueError("a room needs an impulse response: of an instrument that has one, or a sound file")
    return cls(impulse_response.samples, impulse_response.rate, impulse_response.dry)
