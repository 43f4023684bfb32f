"""Facts about a patch: effects, second instrument, how its plugins are connected, and what of it is missing."""

from pathlib import Path

from engine.effects import ROOM
from engine.foreign import USUAL_ROUTING, Format, Routing, check_installed, is_foreign, parse
from engine.foreign.scan import find_title
from engine.pitch_and_frequency import note_name
from session.patch import NO_ROOM, NO_SPLIT, OWN_ROOM, PLUGIN, Effect, Layer, Patch
from session.rack import INSTRUMENT, LAYER, layer_path, routing_of

INSTRUMENT_NAME = "instrument"  # of the slot whose name is empty


def of(patch: Patch) -> list[tuple[str, str]]:
    """(name, text) of what a patch adds to its instrument."""
    chain = patch.chain
    facts = [
        ("Effects", ", ".join(filter(None, map(_effect, chain.effects))) if chain is not None else ""),
        ("Second", _layer(chain.layer) if chain is not None and chain.layer is not None else ""),
        ("Values", ", ".join(f"{name} {value:g}" for name, value in patch.values.items())),
    ]
    chosen = {slot: routing for slot, routing in routings(patch).items() if routing != USUAL_ROUTING}
    facts += [("Routing", f"{_title(patch, slot)}: {_routing(routing)}") for slot, routing in chosen.items()]
    facts += [("Missing", f"{_title(patch, slot)}: {why}") for slot, why in find_missing(patch).items()]
    return [(name, text) for name, text in facts if text]


def routings(patch: Patch) -> dict[str, Routing]:
    """How the plugins of CLAP and LV2 in a patch are connected, by slot."""
    names = {slot: name for slot, name in _sources(patch).items() if is_foreign(name)}
    return {slot: routing_of(patch.chain, slot) if patch.chain is not None else USUAL_ROUTING for slot in names}


def find_missing(patch: Patch) -> dict[str, str]:
    """Why plugins, rooms and the second instrument of a patch cannot be found, by slot; nothing is opened."""
    found: dict[str, str] = {}
    for slot, source in _sources(patch).items():
        try:
            _check(patch, slot, source)
        except (ValueError, OSError) as error:
            found[slot] = " ".join(str(error).split())
    return found


def name_slot(slot: str) -> str:
    """The name of a slot where an empty one would be unclear."""
    return slot or INSTRUMENT_NAME


def _sources(patch: Patch) -> dict[str, str]:
    """What the slots of a patch are opened by, but for effects of Luthier's own."""
    chain, found = patch.chain, dict[str, str]()
    if is_foreign(patch.path):
        found[INSTRUMENT] = str(patch.path)
    if chain is None:
        return found
    if chain.layer is not None:
        found[LAYER] = chain.layer.path
    effects = [each for each in chain.effects if each.kind in (PLUGIN, ROOM)]
    return found | {each.slot: each.source for each in effects if each.source not in (OWN_ROOM, NO_ROOM)}


def _check(patch: Patch, slot: str, source: str) -> None:
    """ValueError or OSError if a source is not there."""
    from engine.impulse_response import find_room
    from engine.plugin import external

    if is_foreign(source):
        check_installed(source)
    elif slot == LAYER and patch.chain is not None and patch.chain.layer is not None:
        layer_path(patch.chain.layer)
    elif slot.startswith(ROOM):
        find_room(source)
    elif parse(source).format is Format.LIBRARY and not Path(source).is_file():
        raise ValueError(f"no such file: {source}")
    elif parse(source).format is Format.PACKAGE and source not in external.installed():
        raise ValueError(f"no plugin of the name {source!r} is installed")


def _title(patch: Patch, slot: str) -> str:
    """What the plugin, the room or the instrument of a slot is called."""
    source = _sources(patch)[slot]
    title = find_title(source) if is_foreign(source) else Path(source).stem
    return f"{slot} {title}".strip()


def _routing(routing: Routing) -> str:
    return f"side chain {routing.side_chain}, outputs {routing.outputs}"


def _effect(effect: Effect) -> str:
    """An effect with its source; empty for a room that is none or may be none."""
    if effect.source in (OWN_ROOM, NO_ROOM):
        return effect.slot if effect.slot != ROOM else ""
    if effect.kind == PLUGIN and is_foreign(effect.source):
        return f"{effect.slot} {find_title(effect.source)}"
    return f"{effect.slot} of {Path(effect.source).stem}"


def _layer(layer: Layer) -> str:
    """A second instrument with its keys and channels."""
    text = find_title(layer.path) if is_foreign(layer.path) else Path(layer.path).stem
    if layer.split != NO_SPLIT:
        text += f", {'from' if layer.above else 'below'} {note_name(layer.split)} (MIDI {layer.split})"
        text += " on" if layer.above else ""
    return text + (f", on channels {layer.channels[0]} and {layer.channels[1]}" if any(layer.channels) else "")
