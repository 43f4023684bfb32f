"""Conversion between the weights of a model and the tensors of a preset."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .config import Sizes
from .model import DdspModel

LAYER_PARTS = ((0, "weight", "weight"), (0, "bias", "bias"), (1, "weight", "scale"), (1, "bias", "shift"))
"""Index in a layer, its parameter, and the name in a preset."""
PRESET_NAMES: dict[str, str] = {
    **{
        f"{stack}_{i}_{name}": f"{stack}.{3 * i + part}.{parameter}"
        for stack in ("pitch", "loudness", "out")
        for i in range(3)
        for part, parameter, name in LAYER_PARTS
    },
    "gru_input": "gru.weight_ih_l0",
    "gru_state": "gru.weight_hh_l0",
    "gru_input_bias": "gru.bias_ih_l0",
    "gru_state_bias": "gru.bias_hh_l0",
    **{
        f"{head}_{part}": f"{head}.{part}"
        for head in ("amplitude", "harmonics", "noise")
        for part in ("weight", "bias")
    },
}
"""Name in a preset → name in the decoder's state."""


def preset_tensors(model: DdspModel) -> dict[str, np.ndarray]:
    """All weights as float32 arrays, and the impulse response of the room."""
    state = model.decoder.state_dict()
    found = {name: state[parameter_name] for name, parameter_name in PRESET_NAMES.items()}
    with torch.no_grad():
        found["room"] = model.room()
    return {name: value.detach().cpu().float().numpy().copy() for name, value in found.items()}


def load_model(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> DdspModel:
    """The model of a preset."""
    sizes = read_sizes(header, arrays)
    model = DdspModel(sizes)
    state: dict[str, Tensor] = {
        parameter_name: torch.from_numpy(np.array(arrays[name], np.float32))
        for name, parameter_name in PRESET_NAMES.items()
    }
    model.decoder.load_state_dict(state)
    model.set_room(torch.from_numpy(np.array(arrays["room"], np.float32)))
    return model


def read_sizes(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Sizes:
    """The sizes of the model of a preset."""
    stored_sizes = header.get("training", {}).get("config", {}).get("sizes", {})
    return Sizes(
        units=len(arrays["pitch_0_bias"]),
        harmonics=len(arrays["harmonics_bias"]),
        bands=len(arrays["noise_bias"]),
        taps=len(arrays["room"]),
        rate=int(header["rate"]),
        hop=int(header["hop"]),
        pitch=header["features"]["pitch"],
        dry=float(header["dry"]),
        **{name: stored_sizes[name] for name in ("ramps", "masked") if name in stored_sizes},
    )
