"""Export the decoder of a ddsp preset as a streaming ONNX model: one frame for any number of voices, with its state.

    pitch (voices, 1) Hz, loudness (voices, 1) dB, state (1, voices, U)
    → amplitude (voices, 1), harmonics (voices, H), noise (voices, N), next_state (1, voices, U); room (taps,)

The harmonics are positive weights, which share the amplitude once those above the band are left out; the noise is the
magnitude of each band. `room` is constant: the impulse response of the model's room. Decoders made elsewhere that
Luthier plays have the same signature (engine/instruments/ddsp/onnx_decoder.py), but may lack a room.
"""

import math
from typing import Any

import numpy as np

from engine.kinds.ddsp import LAYERS
from engine.kinds.schema import Tensors
from engine.preset.preset_file import Preset

from .graph import Graph

VOICES = "voices"  # name of the free dimension


def make_model(preset: Preset) -> Any:
    """The model of a preset, an onnx.ModelProto."""
    header, tensors = preset.header, preset.tensors
    graph, units = Graph(), len(tensors["pitch_0_bias"])
    features = header["features"]
    pitch, loudness = graph.input("pitch", VOICES, 1), graph.input("loudness", VOICES, 1)
    state = graph.input("state", 1, VOICES, units)
    scaled_pitch = _midi(graph, pitch) if features["pitch"] == "midi" else pitch
    scaled_loudness = graph.node(
        "Div", graph.node("Sub", loudness, graph.constant(features["mean"])), graph.constant(features["deviation"])
    )
    embedded = graph.node(
        "Concat", *(_stack(graph, tensors, *pair) for pair in _inputs(scaled_pitch, scaled_loudness)), axis=1
    )
    gru_output, next_state = _gru(graph, tensors, embedded, state)
    decoded = _stack(graph, tensors, "out", graph.node("Concat", embedded, gru_output, axis=1))
    for name in ("amplitude", "harmonics", "noise"):
        graph.output(name, _head(graph, tensors, name, decoded), VOICES, len(tensors[f"{name}_bias"]))
    graph.output("next_state", next_state, 1, VOICES, units)
    room = tensors["room"]
    graph.output("room", graph.constant(room.astype(np.float32), "room"), len(room))
    return graph.model(header)


def _inputs(pitch: str, loudness: str) -> tuple[tuple[str, str], ...]:
    return ("pitch", pitch), ("loudness", loudness)


def _midi(graph: Graph, hertz: str) -> str:
    """MIDI pitch / 127."""
    octaves = graph.node("Mul", graph.node("Log", hertz), graph.constant(12 / math.log(2) / 127))
    return graph.node("Add", octaves, graph.constant((69 - 12 * math.log2(440)) / 127))


def _stack(graph: Graph, tensors: Tensors, name: str, x: str) -> str:
    """Three layers, each linear, normalized and rectified."""
    for i in range(LAYERS):
        x = graph.linear(tensors, f"{name}_{i}", x)
        scale_and_shift = (
            graph.constant(tensors[f"{name}_{i}_{part}"], f"{name}_{i}_{part}") for part in ("scale", "shift")
        )
        x = graph.node("LeakyRelu", graph.node("LayerNormalization", x, *scale_and_shift, epsilon=1e-5), alpha=0.01)
    return x


def _gru(graph: Graph, tensors: Tensors, x: str, state: str) -> tuple[str, str]:
    """Output of the recurrent unit for x (voices, 2U), and its next state."""
    first = graph.constant([0])
    weights = [graph.constant(_gates(tensors[name]), name) for name in ("gru_input", "gru_state")]
    biases = np.concatenate([_gates(tensors[f"{name}_bias"]) for name in ("gru_input", "gru_state")], axis=1)
    _, next_state = graph.nodes(
        "GRU", 2, graph.node("Unsqueeze", x, first), *weights, graph.constant(biases, "gru_bias"), "", state,
        hidden_size=len(tensors["pitch_0_bias"]), linear_before_reset=1,
    )  # fmt: skip
    return graph.node("Squeeze", next_state, first), next_state


def _gates(values: np.ndarray) -> np.ndarray:
    """Reorder torch's gates reset, update, new to ONNX's update, reset, new, with a leading direction axis."""
    reset, update, new = np.split(values, 3)
    return np.concatenate([update, reset, new])[None]


def _head(graph: Graph, tensors: Tensors, name: str, x: str) -> str:
    """2 · sigmoid(x)^ln 10 + 1e-7."""
    powered = graph.node("Pow", graph.node("Sigmoid", graph.linear(tensors, name, x)), graph.constant(math.log(10)))
    return graph.node("Add", graph.node("Mul", powered, graph.constant(2.0)), graph.constant(1e-7))
