"""The decoder of a ddsp preset as others compute it: torch's own modules, and an ONNX graph in onnxruntime.

Needs the `train` extra. Both take one frame at a time, with their state, as a player does, on one thread.
"""

from collections.abc import Callable, Mapping

import numpy as np

Tensors = Mapping[str, np.ndarray]
Frame = Callable[[float, float], np.ndarray]  # pitch and loudness as the decoder hears them → heads (1 + H + N,)
_HEADS = ("amplitude", "harmonics", "noise")


def in_torch(tensors: Tensors) -> Frame:
    """The decoder made of torch's Linear, LayerNorm, LeakyReLU and GRU."""
    import torch

    torch.set_num_threads(1)
    plain = {name: torch.from_numpy(tensor.astype(np.float32)) for name, tensor in tensors.items()}
    units = len(tensors["pitch_0_bias"])
    stacks = {name: _stack(plain, name) for name in ("pitch", "loudness", "out")}
    gru = torch.nn.GRU(2 * units, units)
    gru.load_state_dict(
        {
            "weight_ih_l0": plain["gru_input"], "weight_hh_l0": plain["gru_state"],
            "bias_ih_l0": plain["gru_input_bias"], "bias_hh_l0": plain["gru_state_bias"],
        }
    )  # fmt: skip
    weight, bias = (torch.cat([plain[f"{name}_{part}"] for name in _HEADS]) for part in ("weight", "bias"))
    state = torch.zeros(1, 1, units)

    @torch.inference_mode()
    def frame(pitch: float, loudness: float) -> np.ndarray:
        nonlocal state
        both = [stacks[name](torch.tensor([[[value]]])) for name, value in (("pitch", pitch), ("loudness", loudness))]
        known, state = gru(torch.cat(both, -1), state)
        said = torch.nn.functional.linear(stacks["out"](torch.cat([*both, known], -1)), weight, bias)
        heads: np.ndarray = (2 * torch.sigmoid(said) ** np.log(10) + 1e-7)[0, 0].numpy()
        return heads

    return frame


def in_onnx(tensors: Tensors) -> Frame:
    """The decoder as an ONNX graph, run by onnxruntime."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(_graph(tensors), options, providers=["CPUExecutionProvider"])
    state = np.zeros((1, 1, len(tensors["pitch_0_bias"])), np.float32)

    def frame(pitch: float, loudness: float) -> np.ndarray:
        nonlocal state
        told = {"pitch": np.array([[pitch]], np.float32), "loudness": np.array([[loudness]], np.float32)}
        heads, state = session.run(["heads", "after"], {**told, "before": state})
        said: np.ndarray = heads[0]
        return said

    return frame


def _stack(plain, name):
    """Three layers of a preset, each linear, normalised and rectified."""
    import torch

    parts = []
    for i in range(3):
        weight = plain[f"{name}_{i}_weight"]
        linear, norm = torch.nn.Linear(weight.shape[1], weight.shape[0]), torch.nn.LayerNorm(weight.shape[0])
        linear.load_state_dict({"weight": weight, "bias": plain[f"{name}_{i}_bias"]})
        norm.load_state_dict({"weight": plain[f"{name}_{i}_scale"], "bias": plain[f"{name}_{i}_shift"]})
        parts += [linear, norm, torch.nn.LeakyReLU(0.01)]
    return torch.nn.Sequential(*parts)


def _graph(tensors: Tensors) -> bytes:
    """An ONNX model of one frame: pitch (1, 1), loudness (1, 1), before (1, 1, U) → heads (1, 1 + H + N), after."""
    from onnx import TensorProto, helper, numpy_helper

    units = len(tensors["pitch_0_bias"])
    nodes, weights = [], {}

    def node(kind, inputs, *outputs, **attributes):
        nodes.append(helper.make_node(kind, inputs, list(outputs), **attributes))
        return outputs[0]

    def keep(name, values):
        weights[name] = np.ascontiguousarray(values, np.float32)
        return name

    def stack(name, x):
        for i in range(3):
            kept = [keep(f"{name}{i}{part}", tensors[f"{name}_{i}_{part}"]) for part in ("weight", "bias")]
            x = node("Gemm", [x, *kept], f"{name}{i}linear", transB=1)
            kept = [keep(f"{name}{i}{part}", tensors[f"{name}_{i}_{part}"]) for part in ("scale", "shift")]
            x = node("LayerNormalization", [x, *kept], f"{name}{i}norm", epsilon=1e-5)
            x = node("LeakyRelu", [x], f"{name}{i}", alpha=0.01)
        return x

    def gates(values):  # ONNX has update, reset, new
        reset, update, new = np.split(values, 3)
        return np.concatenate([update, reset, new])[None]

    both = node("Concat", [stack("pitch", "pitch"), stack("loudness", "loudness")], "both", axis=1)
    biases = np.concatenate([gates(tensors["gru_input_bias"]), gates(tensors["gru_state_bias"])], 1)
    kept = [keep("given", gates(tensors["gru_input"])), keep("kept", gates(tensors["gru_state"]))]
    weights["first"], weights["flat"] = np.array([0], np.int64), np.array([1, units], np.int64)
    series = node("Unsqueeze", [both, "first"], "series")
    inputs = [series, *kept, keep("biases", biases), "", "before"]
    node("GRU", inputs, "", "after", hidden_size=units, linear_before_reset=1)
    known = node("Concat", [both, node("Reshape", ["after", "flat"], "row")], "known", axis=1)
    head = [keep(part, np.concatenate([tensors[f"{name}_{part}"] for name in _HEADS])) for part in ("weight", "bias")]
    said = node("Sigmoid", [node("Gemm", [stack("out", known), *head], "linear", transB=1)], "sigmoid")
    for name, value in (("power", np.log(10)), ("two", 2), ("least", 1e-7)):
        weights[name] = np.array(value, np.float32)
    node("Add", [node("Mul", [node("Pow", [said, "power"], "raised"), "two"], "doubled"), "least"], "heads")
    graph = helper.make_graph(
        nodes, "decoder",
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in (("pitch", [1, 1]), ("loudness", [1, 1]), ("before", [1, 1, units]))
        ],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in (("heads", [1, None]), ("after", [1, 1, units]))
        ],
        [numpy_helper.from_array(values, name) for name, values in weights.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    whole: bytes = model.SerializeToString()
    return whole
