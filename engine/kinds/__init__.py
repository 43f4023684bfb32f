"""Kinds of instruments: one declaration a file, listed in `registry.py`; all other code reads these."""

from .kind import PLAY_PARAM, Display, InstrumentKind, SoundClass
from .registry import DEFAULT_KIND, KINDS, ONNX_KIND, kind_of
from .schema import Schema, Tensor, Tensors

__all__ = [
    "DEFAULT_KIND",
    "KINDS",
    "ONNX_KIND",
    "PLAY_PARAM",
    "Display",
    "InstrumentKind",
    "Schema",
    "SoundClass",
    "Tensor",
    "Tensors",
    "kind_of",
]
