"""Build ONNX graphs node by node, and write them to files.

Opset 17 and IR 8, which runtimes of some years ago read as well. A model carries the header of the preset as JSON
under the metadata key `luthier`, and as plain text its name, its licence and the attribution of what it was learned
from.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import engine
from engine.atomic_write import write_bytes
from engine.preset.preset_file import PresetError

OPSET, IR = 17, 8
KEY = "luthier"  # of the metadata


class Graph:
    """A graph under construction: each method adds something and returns the name under which nodes can use it."""

    def __init__(self) -> None:
        from onnx import TensorProto, helper, numpy_helper

        self._helper, self._tensor = helper, numpy_helper.from_array
        self._float_type, self._integer_type = TensorProto.FLOAT, TensorProto.INT64
        self._nodes: list[Any] = []
        self._node_count = 0
        self._weights: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []

    def input(self, name: str, *shape: int | str, is_integer: bool = False) -> str:
        """Add a float32 input, or an int64 one; a string in its shape stands for any size."""
        kind = self._integer_type if is_integer else self._float_type
        self._inputs.append(self._helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, name: str, value: str, *shape: int | str) -> None:
        """Declare a value, float32, as an output with a name."""
        self._nodes.append(self._helper.make_node("Identity", [value], [name]))
        self._outputs.append(self._helper.make_tensor_value_info(name, self._float_type, shape))

    def constant(self, values: Any, name: str = "constant") -> str:
        """Add numbers as float32, integers as int64; float16 arrays stay float16 in the file."""
        array = np.asarray(values)
        kind = np.int64 if array.dtype.kind == "i" else np.float16 if array.dtype == np.float16 else np.float32
        name = f"{name}.{len(self._weights)}"
        self._weights.append(self._tensor(np.array(array, kind, order="C"), name))
        return self.node("Cast", name, to=self._float_type) if kind is np.float16 else name

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add an operator; return its first result."""
        return self.nodes(kind, 1, *inputs, **attributes)[0]

    def nodes(self, kind: str, count: int, *inputs: str, **attributes: Any) -> list[str]:
        """Add an operator; return its first `count` results."""
        self._node_count += 1
        names = [f"{kind}.{self._node_count}.{i}" for i in range(count)]
        self._nodes.append(self._helper.make_node(kind, list(inputs), names, **attributes))
        return names

    def linear(self, tensors: Mapping[str, np.ndarray], name: str, x: str) -> str:
        """Add a linear layer for x (N, inputs), of `<name>_weight` (outputs, inputs) and `<name>_bias` (outputs,)."""
        parts = (self.constant(tensors[f"{name}_{part}"], f"{name}_{part}") for part in ("weight", "bias"))
        return self.node("Gemm", x, *parts, transB=1)

    def slice(self, x: str, axis: int, start: int, stop: int) -> str:
        """Add the part of x from `start` to `stop` along an axis."""
        return self.node("Slice", x, *(self.constant([number]) for number in (start, stop, axis)))

    def conditional(
        self, condition: str, first: Callable[[], list[str]], other: Callable[[], list[str]]
    ) -> list[str]:
        """Add a conditional: return the results of one of two functions that add to the graph."""
        branches = [self._branch(make) for make in (first, other)]
        count = len(branches[0].output)
        return self.nodes("If", count, condition, then_branch=branches[0], else_branch=branches[1])

    def _branch(self, make: Callable[[], list[str]]) -> Any:
        outer_nodes, self._nodes = self._nodes, []
        results = make()
        branch_nodes, self._nodes = self._nodes, outer_nodes
        outputs = [self._helper.make_tensor_value_info(name, self._float_type, None) for name in results]
        return self._helper.make_graph(branch_nodes, "branch", [], outputs)

    def model(self, header: dict[str, Any]) -> Any:
        """The finished and checked onnx.ModelProto; header: of the preset, or a similar one."""
        from onnx import checker

        graph = self._helper.make_graph(self._nodes, header["kind"], self._inputs, self._outputs, self._weights)
        model = self._helper.make_model(
            graph, opset_imports=[self._helper.make_opsetid("", OPSET)], ir_version=IR, producer_name="luthier",
            producer_version=engine.VERSION, doc_string=header.get("description", ""),
        )  # fmt: skip
        self._helper.set_model_props(model, _metadata(header))
        checker.check_model(model, full_check=True)
        return model


def write(path: Path, model: Any) -> int:
    """Write a model to a file, whole or not at all; return its size. PresetError if it cannot be written."""
    data = model.SerializeToString(deterministic=True)
    try:
        write_bytes(path, data)
    except OSError as error:
        raise PresetError(f"{path} cannot be written: {error.strerror or error}") from None
    return len(data)


def _metadata(header: dict[str, Any]) -> dict[str, str]:
    """Metadata of a model."""
    texts = {
        "name": header.get("name"),
        "author": header.get("author"),
        "licence": header.get("licence"),
        "attribution": header.get("source", {}).get("attribution"),
    }
    return {KEY: json.dumps(header, ensure_ascii=False), **{name: text for name, text in texts.items() if text}}
