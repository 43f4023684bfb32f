"""ONNX graphs, built node by node, and the file that they become.

Opset 17 and IR 8, which runtimes of some years ago read as well. A model carries the header of the preset as JSON
under the metadata key `luthier`, and beside it in plain words its name, its licence and who is to be named for what
it was learned from.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import engine
from engine.preset.preset_file import PresetError

OPSET, IR = 17, 8
KEY = "luthier"  # of the metadata


class Graph:
    """A graph under construction: every verb adds something and gives the name by which others can take it."""

    def __init__(self) -> None:
        from onnx import TensorProto, helper, numpy_helper

        self._helper, self._tensor = helper, numpy_helper.from_array
        self._number, self._whole = TensorProto.FLOAT, TensorProto.INT64
        self._nodes: list[Any] = []
        self._named = 0
        self._weights: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []

    def input(self, name: str, *shape: int | str, whole: bool = False) -> str:
        """A float32 input, or one of whole numbers, int64; a word in its shape stands for any size."""
        kind = self._whole if whole else self._number
        self._inputs.append(self._helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, name: str, value: str, *shape: int | str) -> None:
        """Give out a value, float32, under a name."""
        self._nodes.append(self._helper.make_node("Identity", [value], [name]))
        self._outputs.append(self._helper.make_tensor_value_info(name, self._number, shape))

    def constant(self, values: Any, name: str = "constant") -> str:
        """Numbers as float32, whole ones as int64; what was float16 stays so in the file."""
        array = np.asarray(values)
        kind = np.int64 if array.dtype.kind == "i" else np.float16 if array.dtype == np.float16 else np.float32
        name = f"{name}.{len(self._weights)}"
        self._weights.append(self._tensor(np.array(array, kind, order="C"), name))
        return self.node("Cast", name, to=self._number) if kind is np.float16 else name

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """The only result of an operator, or its first."""
        return self.nodes(kind, 1, *inputs, **attributes)[0]

    def nodes(self, kind: str, count: int, *inputs: str, **attributes: Any) -> list[str]:
        """The first results of an operator."""
        self._named += 1
        names = [f"{kind}.{self._named}.{i}" for i in range(count)]
        self._nodes.append(self._helper.make_node(kind, list(inputs), names, **attributes))
        return names

    def either(self, condition: str, first: Callable[[], list[str]], other: Callable[[], list[str]]) -> list[str]:
        """The results that one of two functions adds to the graph, by a condition: only that one is computed."""
        branches = [self._branch(make) for make in (first, other)]
        count = len(branches[0].output)
        return self.nodes("If", count, condition, then_branch=branches[0], else_branch=branches[1])

    def _branch(self, make: Callable[[], list[str]]) -> Any:
        outside, self._nodes = self._nodes, []
        results = make()
        inside, self._nodes = self._nodes, outside
        given = [self._helper.make_tensor_value_info(name, self._number, None) for name in results]
        return self._helper.make_graph(inside, "branch", [], given)

    def model(self, header: dict[str, Any]) -> Any:
        """The finished onnx.ModelProto, found valid; header: of the preset, or of something like it."""
        from onnx import checker

        graph = self._helper.make_graph(self._nodes, header["kind"], self._inputs, self._outputs, self._weights)
        model = self._helper.make_model(
            graph, opset_imports=[self._helper.make_opsetid("", OPSET)], ir_version=IR, producer_name="luthier",
            producer_version=engine.VERSION, doc_string=header.get("description", ""),
        )  # fmt: skip
        self._helper.set_model_props(model, _words(header))
        checker.check_model(model, full_check=True)
        return model


def save(path: Path, model: Any) -> int:
    """Write a model to a file, whole or not at all; its bytes. PresetError if the place cannot be written."""
    data = model.SerializeToString(deterministic=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(data)
        os.replace(draft, path)
    except OSError as error:
        raise PresetError(f"{path} cannot be written: {error.strerror or error}") from None
    finally:
        draft.unlink(missing_ok=True)
    return len(data)


def _words(header: dict[str, Any]) -> dict[str, str]:
    """The metadata of a model."""
    plain = {
        "name": header.get("name"),
        "author": header.get("author"),
        "licence": header.get("licence"),
        "attribution": header.get("source", {}).get("attribution"),
    }
    return {KEY: json.dumps(header, ensure_ascii=False), **{name: text for name, text in plain.items() if text}}
