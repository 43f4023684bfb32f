"""Export a preset as an ONNX model with the exporter of its kind, the module of that name."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from engine.kinds import KINDS
from engine.preset.preset_file import Preset

EXPORTABLE = tuple(sorted(name for name in KINDS if find_spec(f"export.onnx.{name}")))
"""Kinds with an exporter, a module `export.onnx.<kind>` with `make_model(preset) -> onnx.ModelProto`."""


def make_model(preset: Preset) -> Any:
    """A preset as an onnx.ModelProto; ValueError with one line if that is not possible."""
    kind = preset.header["kind"]
    if kind not in EXPORTABLE:
        raise ValueError(f"{preset.header['name']} is of kind {kind}; ONNX is written of {', '.join(EXPORTABLE)}")
    try:
        import onnx  # noqa: F401 - only to check that it is installed
    except ImportError:
        raise ValueError("writing ONNX needs the package onnx: pip install onnx") from None
    exporter: Callable[[Preset], Any] = import_module(f".{kind}", __package__).make_model
    return exporter(preset)
