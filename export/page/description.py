"""What a page shows of a rack, as JSON values: parameters, the picture of the kind, the control pad, performances.

Places in records hold for the process that made the image only: they follow the registers of its processor.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from engine.effects.volume import Volume
from engine.events import Kind
from engine.image.image_file import RatedImage
from engine.instruments import Instrument
from engine.kinds import PLAY_PARAM, kind_of
from engine.plugin import Plugin
from engine.preset.control_performance import PERFORMANCES, has_performance, perform, performance_seconds
from engine.preset.preset_file import Preset
from engine.snapshots.control_plane import control_plane
from engine.snapshots.modes import key_of, learned_modes
from engine.snapshots.record_layout import RecordLayout, field_places, find_field, record_layout
from engine.snapshots.similarity_map import sound_map
from session.rack import INSTRUMENT, ON, Rack

FIRST_SLOT = 1  # of the rack; the interpreter is before it
SWITCHES = (PLAY_PARAM, ON, "variation", "legato", "gliding", "gate", "follow", "snap")
"""Names of parameters from 0 to 1 that are either off or on."""
EXACT_DIGITS = 9  # significant ones, which tell any two float32 apart
SHOWN_DIGITS = 6


def describe(made: Rack, rated: RatedImage) -> dict[str, Any]:
    """A rack whose image was made in this process."""
    instrument, preset = made.learned, made.preset
    plane = control_plane(instrument)
    layout = record_layout(instrument)
    return {
        "name": preset.header["name"], "slot": FIRST_SLOT + made.plugins.index(instrument), "keys": _keys(preset),
        "params": _params(made, rated), "paramCount": len(rated.params), "volume": _volume(rated),
        "display": kind_of(preset.header).display, "layout": asdict(layout) if layout is not None else None,
        "modes": _modes(instrument), "map": _map(instrument), "energy": _numbers(plane.energy) if plane else [],
        "dimensions": plane.dimensions.tolist() if plane else [],
        "pad": [_numbers(row) for row in plane.pad] if plane and plane.pad.any() and len(plane.pad) > 1 else [],
        "performances": _performances(preset), "voice": _voice(made),
        "hand": _gesture_map(preset, "map_hand"), "motion": _gesture_map(preset, "map_motion"),
    }  # fmt: skip


def _keys(preset: Preset) -> list[int]:
    keys = preset.header.get("keys") or {}
    return [keys.get("low", 0), keys.get("high", 127)]


def _params(made: Rack, rated: RatedImage) -> list[dict[str, Any]]:
    """The parameters that have a knob; number: in the image."""
    slots = {FIRST_SLOT + made.plugins.index(plugin): name for name, plugin in made.slots}
    hidden = [] if _plays_as_learned(made.preset) else [PLAY_PARAM]
    hidden += kind_of(made.preset.header).inert_params(made.preset.tensors)
    found = []
    for number, param in enumerate(rated.params):
        slot = slots.get(param.slot)
        if slot is None or (slot == INSTRUMENT and param.name in hidden):
            continue
        plugin: Plugin = made.plugins[param.slot - FIRST_SLOT]
        found.append({
            "number": number, "slot": param.slot, "index": param.index, "group": slot, "name": param.name,
            "unit": param.unit, "low": param.low, "high": param.high, "value": param.default,
            "help": plugin.params[param.index].help, "names": list(plugin.params[param.index].value_names),
            "switch": param.name in SWITCHES and (param.unit, param.low, param.high) == ("", 0, 1),
        })  # fmt: skip
    return found


def _volume(rated: RatedImage) -> dict[str, Any]:
    """The slot and the range of the volume."""
    (param,) = (each for each in rated.params if each.module == Volume.name)
    return {"slot": param.slot, "index": param.index, "low": param.low, "high": param.high, "value": param.default}


def _plays_as_learned(preset: Preset) -> bool:
    return kind_of(preset.header).plays_as_learned(preset.tensors)


def _modes(instrument: Instrument) -> dict[str, list[Any]] | None:
    """The learned modes, the keys of their resonances, and how the rows of a layout are to be read."""
    modes = learned_modes(instrument)
    if not len(modes):
        return None
    count = int(modes.resonance.max()) + 1
    return {
        "frequency": _numbers(modes.frequency, 5), "decay": _numbers(modes.decay, 4),
        "level": _numbers(np.minimum(modes.level, 1), 3), "resonances": modes.resonance.tolist(),
        "keys": [key_of(instrument, resonance) for resonance in range(count)],
    }  # fmt: skip


def _map(instrument: Instrument) -> dict[str, Any] | None:
    """The map of the sounds."""
    found = sound_map(instrument)
    if found is None:
        return None
    return {
        "x": _numbers(found.x, 4), "y": _numbers(found.y, 4), "level": _numbers(found.level, 3),
        "note": found.note.tolist(), "plain": found.plain.tolist(), "names": list(found.names),
        "driven": found.driven,
    }  # fmt: skip


def _performances(preset: Preset) -> dict[str, Any] | None:
    """The performances as lists of seconds, dimensions and energies; the deformation, which all share but one."""
    if not has_performance(preset.tensors):
        return None
    found: dict[str, Any] = {"seconds": performance_seconds(preset.header), "dimensions": _dimensions(preset)}
    for name in PERFORMANCES:
        events = perform(preset.header, preset.tensors, name)
        found[name] = _listed([event for event in events if event[1] == Kind.CONTROL])
        if name == PERFORMANCES[0]:
            found["deformation"] = _listed([event for event in events if event[1] == Kind.DEFORM], SHOWN_DIGITS)
    return found


def _dimensions(preset: Preset) -> int:
    return int(preset.header["control"]["dimensions"])


def _listed(events: Sequence[tuple[float, Kind, int, float]], digits: int = EXACT_DIGITS) -> list[list[Any]]:
    """Seconds, keys and values of events; digits: of the values."""
    seconds, _, keys, values = zip(*events, strict=True) if events else ((), (), (), ())
    return [_numbers(np.array(seconds)), [int(key) for key in keys], _numbers(np.array(values), digits)]


def _voice(made: Rack) -> dict[str, Any] | None:
    """The slot of the voice tracker, and what is shown of it: whether it hears a voice, pitch, level and gate."""
    if made.voice is None:
        return None
    start, tracker = find_field(made.voice.state.dtype, "tracker")
    names = ("voiced", "pitch", "level", "gate")
    numbers = [(start + place, kind) for name in names for place, kind in field_places(tracker, name)]
    layout = RecordLayout(0, 0, 0, 0, -1, (), (), numbers)
    return {"slot": FIRST_SLOT + made.plugins.index(made.voice), "layout": asdict(layout)}


def _gesture_map(preset: Preset, name: str) -> list[list[float]]:
    """A learned mapping: the energies of each dimension for each coordinate of a gesture; empty without one."""
    return [_numbers(row, 4) for row in preset.tensors.get(name, np.zeros((0, 0)))]


def _numbers(values: np.ndarray, digits: int = SHOWN_DIGITS) -> list[float]:
    """Numbers of so many significant digits."""
    return [float(f"{value:.{digits}g}") for value in np.asarray(values, np.float64).ravel().tolist()]
