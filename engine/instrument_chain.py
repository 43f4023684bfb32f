"""The chain of an instrument: voice tracker, instrument and convolution reverb."""

import os
from collections.abc import Sequence
from pathlib import Path

from engine import effects
from engine.instruments import Instrument, make
from engine.kinds import KINDS, ONNX_KIND
from engine.kinds.kind import load_member
from engine.plugin import Plugin
from engine.preset.library import ONNX_SUFFIX, find
from engine.preset.preset_file import Preset, read

from . import impulse_response

NO_ROOM = impulse_response.NO_ROOM


def make_chain(
    preset: Preset | str | os.PathLike[str], seed: int = 0, room: str | os.PathLike[str] | None = None
) -> list[Plugin]:
    """[main thread] The instrument of a preset, first, and its room, if any.

    preset: read already, or a name or path, also of an ONNX decoder (.onnx). seed: of its noise.
    room: see `make_room`. PresetError, ValueError or OSError give the reason in one line.
    """
    instrument = make(preset, seed) if isinstance(preset, Preset) else make_instrument(find(preset), seed)
    reverb = make_room(instrument.preset, room)
    return [instrument] if reverb is None else [instrument, reverb]


def make_instrument(path: Path, seed: int = 0) -> Instrument:
    """[main thread] The instrument of a file, a preset or an ONNX decoder (.onnx). PresetError."""
    if path.suffix.lower() == ONNX_SUFFIX:
        made: Instrument = load_member(ONNX_KIND.onnx_instrument)(path, seed)
        return made
    return make(read(path), seed)


def make_room(preset: Preset | None, source: str | os.PathLike[str] | None = None) -> Plugin | None:
    """[main thread] The convolution reverb of a room; None where it would have no effect.

    source: NO_ROOM, a sound file, or a preset whose room it is; otherwise the preset's own, if there is a preset.
    ValueError or OSError.
    """
    if source == NO_ROOM or (source is None and preset is None):
        return None
    own = impulse_response.learned_room(preset) if source is None and preset is not None else None
    response = own if source is None else impulse_response.find_room(source)
    if response is None or (response.dry == 1 and not response.samples.any()):
        return None
    return effects.make(effects.ROOM, response)


def follow_voice(chain: Sequence[Plugin]) -> list[Plugin]:
    """[main thread] A chain with a voice tracker before its instrument; ValueError if that cannot follow a voice."""
    instrument = chain[0]
    if not isinstance(instrument, Instrument) or not instrument.kind.follows_voice:
        names = " and ".join(kind.name for kind in KINDS.values() if kind.follows_voice)
        raise ValueError(
            f"{instrument.name} instruments cannot follow a voice; those of kind {names} can, as violin and flute"
        )
    from engine.voice.tracker_plugin import VoiceTracker

    return [VoiceTracker(instrument.preset.header["features"]["mean"]), *chain]
