"""Instruments: one learned kind each, made from presets."""

import os

from ..library import find
from ..preset import Preset, PresetError, read
from .ddsp import Ddsp
from .events import Events
from .instrument import Instrument
from .resonance import Resonance
from .ssm import StateSpace

__all__ = ["KINDS", "Ddsp", "Events", "Instrument", "Resonance", "StateSpace", "load", "make"]

KINDS: dict[str, type[Resonance] | type[Ddsp] | type[StateSpace] | type[Events]] = {
    "resonance": Resonance,
    "ddsp": Ddsp,
    "ssm": StateSpace,
    "events": Events,
}


def load(preset: str | os.PathLike[str], seed: int = 0) -> Instrument:
    """[main thread] The instrument of a preset, given by name or path; the seed decides its noise.

    PresetError says in one line why it cannot be had.
    """
    return make(read(find(preset)), seed)


def make(preset: Preset, seed: int = 0) -> Instrument:
    """[main thread] The instrument that a preset describes; PresetError if the engine cannot play it."""
    try:
        return KINDS[preset.header["kind"]](preset, seed)
    except ValueError as error:
        raise PresetError(f"{preset.header['name']}: {error}") from None
