"""The decoder of a ddsp preset computed by peers: the model in torch, and an ONNX graph in onnxruntime.

Needs the `train` extra. Both take one frame at a time, with their state, as a player does, on one thread.
"""

from collections.abc import Callable, Mapping

import numpy as np

Tensors = Mapping[str, np.ndarray]
Frame = Callable[[float, float], np.ndarray]  # scaled pitch and loudness → heads (1 + H + N,)
_HEADS = ("amplitude", "harmonics", "noise")
_UNSCALED_HEADER = {
    "kind": "ddsp",
    "features": {"pitch": "hertz", "mean": 0.0, "deviation": 1.0},
}  # inputs need no scaling


def torch_decoder(tensors: Tensors) -> Frame:
    """The decoder in torch, as it is trained."""
    import torch

    from train.ddsp.config import Sizes
    from train.ddsp.decoder import Decoder
    from train.ddsp.preset_weights import PRESET_NAMES

    torch.set_num_threads(1)
    units, harmonics, bands = (len(tensors[f"{name}_bias"]) for name in ("pitch_0", "harmonics", "noise"))
    decoder = Decoder(Sizes(units=units, harmonics=harmonics, bands=bands)).eval()
    decoder.load_state_dict(
        {inner: torch.from_numpy(np.float32(tensors[name])) for name, inner in PRESET_NAMES.items()}
    )
    state = torch.zeros(1, 1, units)

    @torch.inference_mode()
    def frame(pitch: float, loudness: float) -> np.ndarray:
        nonlocal state
        outputs, state = decoder(torch.full((1, 1), pitch), torch.full((1, 1), loudness), state)
        heads: np.ndarray = torch.cat([*outputs], -1)[0, 0].numpy()
        return heads

    return frame


def onnx_decoder(tensors: Tensors) -> Frame:
    """The decoder as it is exported to ONNX, run by onnxruntime."""
    import onnxruntime

    from engine.preset.preset_file import Preset
    from export.onnx.ddsp import make_model

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    graph = make_model(Preset(_UNSCALED_HEADER, dict(tensors))).SerializeToString()
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    state = np.zeros((1, 1, len(tensors["pitch_0_bias"])), np.float32)

    def frame(pitch: float, loudness: float) -> np.ndarray:
        nonlocal state
        inputs = {"pitch": np.array([[pitch]], np.float32), "loudness": np.array([[loudness]], np.float32)}
        *outputs, state = session.run([*_HEADS, "next_state"], {**inputs, "state": state})
        heads: np.ndarray = np.concatenate(outputs, axis=1)[0]
        return heads

    return frame
