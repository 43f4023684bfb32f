"""Export presets as ONNX models, one exporter for each kind; none of them needs PyTorch."""

from .exporter import make_model

__all__ = ["make_model"]
