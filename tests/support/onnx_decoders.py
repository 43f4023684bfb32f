"""Decoders in ONNX files as other programs export them: several recurrent layers, other types, fixed batches."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

UNITS, HARMONICS, BANDS = 6, 8, 5
TYPES = {
    np.float16: TensorProto.FLOAT16,
    np.float32: TensorProto.FLOAT,
    np.float64: TensorProto.DOUBLE,
}


def write_stacked_gru(
    path: Path,
    layers: int = 2,
    dtype: type = np.float32,
    batch: int | str = "B",
    state_batch: int | str | None = None,
    layer_size: int | str | None = None,
) -> None:
    """Write a decoder of some GRU layers, random weights, whose heads read the last layer.

    dtype: of inputs and outputs. batch, state_batch: what the file says of the number of voices of the inputs, and of
    the state. layer_size: what it says of the number of layers, if not the truth.
    """
    random = np.random.default_rng(layers)
    weights = {
        "scale": np.array([[1 / 440, -1 / 40]]),
        "heads": random.normal(0, 0.5, (UNITS, 1 + HARMONICS + BANDS)),
        "sizes": np.array([1, HARMONICS, BANDS]),
        "ones": np.ones(layers, int),
        "first": np.array([0]),
    }
    for i in range(layers):
        weights[f"input_{i}"] = random.normal(0, 0.7, (1, 3 * UNITS, UNITS if i else 2))
        weights[f"state_{i}"] = random.normal(0, 0.7, (1, 3 * UNITS, UNITS))
    nodes = [
        helper.make_node("Concat", ["pitch", "loudness"], ["raw"], axis=1),
        helper.make_node("Mul", ["raw", "scale"], ["scaled"]),
        helper.make_node("Unsqueeze", ["scaled", "first"], ["x_0"]),
        helper.make_node("Split", ["state", "ones"], [f"before_{i}" for i in range(layers)], axis=0),
        *(node for i in range(layers) for node in _layer(i)),
        helper.make_node("Concat", [f"after_{i}" for i in range(layers)], ["next_state"], axis=0),
        helper.make_node("Squeeze", [f"x_{layers}", "first"], ["last"]),
        helper.make_node("MatMul", ["last", "heads"], ["sums"]),
        helper.make_node("Sigmoid", ["sums"], ["positive"]),
        helper.make_node("Split", ["positive", "sizes"], ["amplitude", "harmonics", "noise"], axis=1),
    ]
    kind, state_batch = TYPES[dtype], batch if state_batch is None else state_batch
    state_shape = [layer_size or layers, state_batch, UNITS]
    inputs = {"pitch": [batch, 1], "loudness": [batch, 1], "state": state_shape}
    outputs = {"amplitude": ["B", 1], "harmonics": ["B", HARMONICS], "noise": ["B", BANDS], "next_state": None}
    graph = helper.make_graph(
        nodes, "decoder",
        [helper.make_tensor_value_info(name, kind, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, kind, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(_typed(value, dtype), name) for name, value in weights.items()],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def _layer(i: int) -> list[onnx.NodeProto]:
    """The nodes of a layer: from `x_i` (1, B, inputs) and `before_i` (1, B, U) to `x_i+1` and `after_i`."""
    names = [f"x_{i}", f"input_{i}", f"state_{i}", "", "", f"before_{i}"]
    return [
        helper.make_node("GRU", names, [f"all_{i}", f"after_{i}"], hidden_size=UNITS),
        helper.make_node("Identity", [f"after_{i}"], [f"x_{i + 1}"]),
    ]


def _typed(value: np.ndarray, dtype: type) -> np.ndarray:
    """Weights in the type of the decoder; sizes as int64."""
    return value.astype(np.int64 if value.dtype == int else dtype)
