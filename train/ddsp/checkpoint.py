"""The weights of a model under the names that a preset has for them, and back: a preset is also a checkpoint."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .decoder import Sizes
from .model import Instrument

LAYER = ((0, "weight", "weight"), (0, "bias", "bias"), (1, "weight", "scale"), (1, "bias", "shift"))
"""Part of a layer, its parameter, and what a preset calls it."""
NAMES: dict[str, str] = {
    **{
        f"{stack}_{i}_{name}": f"{stack}.{3 * i + part}.{parameter}"
        for stack in ("pitch", "loudness", "out")
        for i in range(3)
        for part, parameter, name in LAYER
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


def tensors(model: Instrument) -> dict[str, np.ndarray]:
    """All weights as float32 arrays, and the room as it sounds."""
    state = model.decoder.state_dict()
    found = {name: state[inner] for name, inner in NAMES.items()}
    with torch.no_grad():
        found["room"] = model.room()
    return {name: value.detach().cpu().float().numpy().copy() for name, value in found.items()}


def model_of(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Instrument:
    """The model that a preset of this kind holds."""
    sizes = sizes_of(header, arrays)
    model = Instrument(sizes)
    state: dict[str, Tensor] = {
        inner: torch.from_numpy(np.array(arrays[name], np.float32)) for name, inner in NAMES.items()
    }
    model.decoder.load_state_dict(state)
    model.set_room(torch.from_numpy(np.array(arrays["room"], np.float32)))
    return model


def sizes_of(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Sizes:
    """How large the model of a preset is."""
    made = header.get("training", {}).get("config", {}).get("sizes", {})
    return Sizes(
        units=len(arrays["pitch_0_bias"]),
        harmonics=len(arrays["harmonics_bias"]),
        bands=len(arrays["noise_bias"]),
        taps=len(arrays["room"]),
        rate=int(header["rate"]),
        hop=int(header["hop"]),
        pitch=header["features"]["pitch"],
        dry=float(header["dry"]),
        **{name: made[name] for name in ("ramps", "masked") if name in made},
    )
