"""Effects: plugins that change the sound of the plugins before them, one a file; `registry.py` lists them."""

from .registry import EFFECTS, ROOM, EffectClass, effect_class, make

__all__ = ["EFFECTS", "ROOM", "EffectClass", "effect_class", "make"]
