"""Rack: the live plugins of a patch; how it is built, and what of the engine it needs."""

from .builder import build, layer_path, load, rebuild
from .engine_parts import engine_parts
from .rack import Bus, Rack, RackParameter, find_displaced_effects, set_values
from .slots import INSTRUMENT, LAYER, LAYER_ROOM, ON, VOICE, routing_of, with_routing

__all__ = [
    "INSTRUMENT",
    "LAYER",
    "LAYER_ROOM",
    "ON",
    "VOICE",
    "Bus",
    "Rack",
    "RackParameter",
    "build",
    "engine_parts",
    "find_displaced_effects",
    "layer_path",
    "load",
    "rebuild",
    "routing_of",
    "set_values",
    "with_routing",
]
