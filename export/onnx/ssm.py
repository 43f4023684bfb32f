"""One frame of a network as an ONNX model: control (1, K) and state (1, S) → sound (1, B) and next_state (1, S)."""

from typing import Any

from engine.preset.preset_file import Preset

from .graph import Graph


def model(preset: Preset) -> Any:
    """The model of a preset, an onnx.ModelProto."""
    graph, tensors = Graph(), preset.tensors
    frame, size = tensors["output"].shape
    control, state = graph.input("control", 1, tensors["input"].shape[1]), graph.input("state", 1, size)
    recurrence, entrance, output = (
        graph.constant(tensors[name].T, name) for name in ("recurrence", "input", "output")
    )
    remembered = graph.node("MatMul", state, recurrence)
    after = graph.node("Tanh", graph.node("Add", remembered, graph.node("MatMul", control, entrance)))
    graph.output("sound", graph.node("Sin", graph.node("MatMul", after, output)), 1, frame)
    graph.output("next_state", after, 1, size)
    return graph.model(preset.header)
