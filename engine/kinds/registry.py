"""The list of kinds of instruments: one line each. Loads no compiler, so that listing instruments is quick."""

from collections.abc import Mapping
from typing import Any

from . import ddsp, events, resonance, ssm
from .kind import InstrumentKind

_ALL = (
    resonance.KIND,
    ddsp.KIND,
    ssm.KIND,
    events.KIND,
)
KINDS: dict[str, InstrumentKind] = {kind.name: kind for kind in _ALL}
DEFAULT_KIND = _ALL[0]
"""What is learned unless another kind is asked for, and compiled before the first sound."""

ONNX_KIND = next(kind for kind in _ALL if kind.onnx_instrument)
"""The kind of a decoder in an ONNX file."""


def kind_of(header: Mapping[str, Any]) -> InstrumentKind:
    """The kind of a preset, from its header; ValueError if this version has no such kind."""
    name = header.get("kind")
    if not isinstance(name, str) or name not in KINDS:
        raise ValueError(f"is of kind {name!r}; this version plays {', '.join(KINDS)}")
    return KINDS[name]
