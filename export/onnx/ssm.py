"""Export one frame of a state-space network: control (1, K), state (1, S) → sound (1, B), next_state (1, S)."""

from typing import Any

from engine.preset.preset_file import Preset

from .graph import Graph


def make_model(preset: Preset) -> Any:
    """The model of a preset, an onnx.ModelProto."""
    graph, tensors = Graph(), preset.tensors
    frame, size = tensors["output"].shape
    control, state = graph.input("control", 1, tensors["input"].shape[1]), graph.input("state", 1, size)
    recurrence, input_matrix, output = (
        graph.constant(tensors[name].T, name) for name in ("recurrence", "input", "output")
    )
    recurrent = graph.node("MatMul", state, recurrence)
    next_state = graph.node("Tanh", graph.node("Add", recurrent, graph.node("MatMul", control, input_matrix)))
    graph.output("sound", graph.node("Sin", graph.node("MatMul", next_state, output)), 1, frame)
    graph.output("next_state", next_state, 1, size)
    return graph.model(preset.header)
