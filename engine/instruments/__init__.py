"""Instruments: one learned kind each, made from presets."""

import os

from engine.instruments.ddsp.instrument import Ddsp
from engine.instruments.events.instrument import Events
from engine.instruments.resonance.instrument import Resonance
from engine.instruments.ssm.instrument import StateSpace
from engine.preset.library import find
from engine.preset.preset_file import Preset, PresetError, read

from .instrument import Instrument

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
