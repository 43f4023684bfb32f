"""The parts of the engine that play a patch, to be compiled before it is loaded."""

from engine.effects import ROOM
from engine.foreign import is_foreign
from engine.kinds import ONNX_KIND, kind_of
from session.patch import NO_ROOM, OWN_ROOM, PLUGIN, Chain, Patch

from .builder import layer_path

FOREIGN = "foreign"  # part of `engine.precompile`


def engine_parts(patch: Patch, follow_voice: bool) -> set[str]:
    """The parts of `engine.precompile` that play a patch of an instrument. PresetError if a preset is damaged."""
    from engine.preset import library
    from engine.preset.preset_file import read

    chain = patch.chain or Chain()
    paths = [patch.path] if chain.layer is None else [patch.path, layer_path(chain.layer)]
    parts = {"voice"} if follow_voice else set[str]()
    for path in paths:
        if is_foreign(path):
            parts.add(FOREIGN)
            continue
        kind = ONNX_KIND if path.suffix.lower() == library.ONNX_SUFFIX else kind_of(read(path).header)
        parts.add(kind.name)
        if kind.has_room:
            parts.add(ROOM)
    if any(effect.kind == ROOM and effect.source not in (OWN_ROOM, NO_ROOM) for effect in chain.effects):
        parts.add(ROOM)
    if any(effect.kind == PLUGIN and is_foreign(effect.source) for effect in chain.effects):
        parts.add(FOREIGN)
    if chain.layer is not None or set(chain.kinds) - {ROOM, PLUGIN}:
        parts.add("effects")
    return parts
