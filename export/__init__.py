"""Export trained models as presets that the engine plays, as ONNX models and as report pages."""
