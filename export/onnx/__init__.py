"""Export presets as ONNX models, one exporter for each kind; none of them needs PyTorch."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from engine.preset.preset_file import Preset

KINDS = ("ddsp", "events", "resonance", "ssm")
"""Kinds that can be written; the module of that name has `model(preset) -> onnx.ModelProto`."""


def model(preset: Preset) -> Any:
    """A preset as an onnx.ModelProto, or ValueError with a line that says why not."""
    kind = preset.header["kind"]
    if kind not in KINDS:
        raise ValueError(f"{preset.header['name']} is of kind {kind}; ONNX is written of {', '.join(KINDS)}")
    try:
        import onnx  # noqa: F401 - only to know that it is there
    except ImportError:
        raise ValueError("writing ONNX needs the package onnx: pip install onnx") from None
    exporter: Callable[[Preset], Any] = import_module(f".{kind}", __name__).model
    return exporter(preset)
