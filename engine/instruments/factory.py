"""Makes instruments from presets; loads the code of a kind when it is first needed."""

import os
from typing import Protocol

from engine.kinds import InstrumentKind, kind_of
from engine.kinds.kind import load_member
from engine.plugin import Param
from engine.preset.library import find
from engine.preset.preset_file import Preset, PresetError, read

from .instrument import Instrument


class InstrumentClass(Protocol):
    """What the class of a kind says about all of its instruments."""

    params: tuple[Param, ...]  # with the defaults of the kind; a preset may have others

    def __call__(self, preset: Preset, seed: int) -> Instrument:
        """Make an instrument; ValueError if the engine cannot play the preset."""


def load(preset: str | os.PathLike[str], seed: int = 0) -> Instrument:
    """[main thread] Make the instrument of a preset, given by name or path; the seed decides its noise.

    PresetError says in one line why it cannot be made.
    """
    return make(read(find(preset)), seed)


def make(preset: Preset, seed: int = 0) -> Instrument:
    """[main thread] Make the instrument of a preset; PresetError if the engine cannot play it."""
    try:
        return instrument_class(kind_of(preset.header))(preset, seed)
    except ValueError as error:
        raise PresetError(f"{preset.header['name']}: {error}") from None


def instrument_class(kind: InstrumentKind) -> InstrumentClass:
    """The class that plays a kind."""
    found: InstrumentClass = load_member(kind.instrument)
    return found
