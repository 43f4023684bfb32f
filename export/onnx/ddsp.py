"""The decoder of a ddsp preset as a streaming ONNX model: one frame for any number of voices, its memory in and out.

    pitch (voices, 1) Hz, loudness (voices, 1) dB, state (1, voices, U)
    → amplitude (voices, 1), harmonics (voices, H), noise (voices, N), next_state (1, voices, U); room (taps,)

The harmonics are positive weights, which share the amplitude once those above the band are left out; the noise is the
magnitude of each band. `room` is constant: what the model's room answers to one sample. It is also the signature of
the decoders made elsewhere that Luthier plays (engine/instruments/ddsp/onnx_decoder.py), which may lack a room.
"""

import math
from typing import Any

import numpy as np

from engine.kinds.ddsp import LAYERS
from engine.kinds.schema import Tensors
from engine.preset.preset_file import Preset

from .graph import Graph

VOICES = "voices"  # the size that is left open


def model(preset: Preset) -> Any:
    """The model of a preset, an onnx.ModelProto."""
    header, tensors = preset.header, preset.tensors
    graph, units = Graph(), len(tensors["pitch_0_bias"])
    features = header["features"]
    pitch, loudness = graph.input("pitch", VOICES, 1), graph.input("loudness", VOICES, 1)
    state = graph.input("state", 1, VOICES, units)
    told = _midi(graph, pitch) if features["pitch"] == "midi" else pitch
    heard = graph.node(
        "Div", graph.node("Sub", loudness, graph.constant(features["mean"])), graph.constant(features["deviation"])
    )
    both = graph.node("Concat", *(_stack(graph, tensors, *pair) for pair in _inputs(told, heard)), axis=1)
    remembered, after = _remember(graph, tensors, both, state)
    known = _stack(graph, tensors, "out", graph.node("Concat", both, remembered, axis=1))
    for name in ("amplitude", "harmonics", "noise"):
        graph.output(name, _head(graph, tensors, name, known), VOICES, len(tensors[f"{name}_bias"]))
    graph.output("next_state", after, 1, VOICES, units)
    room = tensors["room"]
    graph.output("room", graph.constant(room.astype(np.float32), "room"), len(room))
    return graph.model(header)


def _inputs(pitch: str, loudness: str) -> tuple[tuple[str, str], ...]:
    return ("pitch", pitch), ("loudness", loudness)


def _midi(graph: Graph, hertz: str) -> str:
    """MIDI numbers / 127."""
    octaves = graph.node("Mul", graph.node("Log", hertz), graph.constant(12 / math.log(2) / 127))
    return graph.node("Add", octaves, graph.constant((69 - 12 * math.log2(440)) / 127))


def _stack(graph: Graph, tensors: Tensors, name: str, x: str) -> str:
    """Three layers, each linear, normalised and rectified."""
    for i in range(LAYERS):
        x = _linear(graph, tensors, f"{name}_{i}", x)
        curve = (graph.constant(tensors[f"{name}_{i}_{part}"], f"{name}_{i}_{part}") for part in ("scale", "shift"))
        x = graph.node("LeakyRelu", graph.node("LayerNormalization", x, *curve, epsilon=1e-5), alpha=0.01)
    return x


def _linear(graph: Graph, tensors: Tensors, name: str, x: str) -> str:
    parts = (graph.constant(tensors[f"{name}_{part}"], f"{name}_{part}") for part in ("weight", "bias"))
    return graph.node("Gemm", x, *parts, transB=1)


def _remember(graph: Graph, tensors: Tensors, x: str, state: str) -> tuple[str, str]:
    """What the recurrent unit gives for x (voices, 2U), and its state after that."""
    first = graph.constant([0])
    weights = [graph.constant(_gates(tensors[name]), name) for name in ("gru_input", "gru_state")]
    biases = np.concatenate([_gates(tensors[f"{name}_bias"]) for name in ("gru_input", "gru_state")], axis=1)
    _, after = graph.nodes(
        "GRU", 2, graph.node("Unsqueeze", x, first), *weights, graph.constant(biases, "gru_bias"), "", state,
        hidden_size=len(tensors["pitch_0_bias"]), linear_before_reset=1,
    )  # fmt: skip
    return graph.node("Squeeze", after, first), after


def _gates(values: np.ndarray) -> np.ndarray:
    """Torch's order is reset, update, new; ONNX has the update first, and a direction."""
    reset, update, new = np.split(values, 3)
    return np.concatenate([update, reset, new])[None]


def _head(graph: Graph, tensors: Tensors, name: str, x: str) -> str:
    """2 · sigmoid(x)^ln 10 + 1e-7."""
    risen = graph.node("Pow", graph.node("Sigmoid", _linear(graph, tensors, name, x)), graph.constant(math.log(10)))
    return graph.node("Add", graph.node("Mul", risen, graph.constant(2.0)), graph.constant(1e-7))
