"""The decoder of a ddsp preset as others compute it: torch's own modules, and an ONNX graph in onnxruntime.

Needs the `train` extra. Both take one frame at a time, with their state, as a player does, on one thread.
"""

from collections.abc import Callable, Mapping

import numpy as np

Tensors = Mapping[str, np.ndarray]
Frame = Callable[[float, float], np.ndarray]  # pitch and loudness as the decoder hears them → heads (1 + H + N,)
_HEADS = ("amplitude", "harmonics", "noise")
_AS_HEARD = {"kind": "ddsp", "features": {"pitch": "hertz", "mean": 0.0, "deviation": 1.0}}  # inputs need no scaling


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
    """The decoder as it is exported to ONNX, run by onnxruntime."""
    import onnxruntime

    from engine.preset import Preset
    from export.onnx.decoder import model

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    graph = model(Preset(_AS_HEARD, dict(tensors))).SerializeToString()
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    state = np.zeros((1, 1, len(tensors["pitch_0_bias"])), np.float32)

    def frame(pitch: float, loudness: float) -> np.ndarray:
        nonlocal state
        told = {"pitch": np.array([[pitch]], np.float32), "loudness": np.array([[loudness]], np.float32)}
        *said, state = session.run([*_HEADS, "next_state"], {**told, "state": state})
        heads: np.ndarray = np.concatenate(said, axis=1)[0]
        return heads

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
