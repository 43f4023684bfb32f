"""The kind ddsp: a recurrent decoder from pitch and loudness to harmonics and noise, and a learned room.

U units, H harmonics, N noise bands, T taps of the room. Matrices are (outputs, inputs), as torch has them.
"""

import math
from typing import Any

import numpy as np

from .kind import InstrumentKind
from .schema import Schema, Tensor, Tensors, check_max_sizes, is_number

MLPS: dict[str, tuple[int | str, str]] = {
    "pitch": (1, "U"),
    "loudness": (1, "U"),
    "out": ("3U", "U"),
}  # inputs of the first layer of each MLP, and of the others
LAYERS = 3  # of each MLP
MAX_SIZES = {"U": 2048, "H": 1024, "N": 1025}
MAX_ROOM_SECONDS = 10.0
PITCH_UNITS = ("midi", "hertz")  # in which a decoder takes the pitch


def random_preset(
    units: int = 16, harmonics: int = 12, bands: int = 65, taps: int = 1, seed: int = 0, float16: bool = False
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """A header and tensors of random numbers, as a decoder has them before training.

    float16: matrices as float16. Weights are uniform within 1/sqrt(inputs), as torch initializes them.
    """
    random = np.random.default_rng(seed)
    tensors: dict[str, np.ndarray] = {}
    for name, tensor in _TENSORS.items():
        sizes = {"U": units, "2U": 2 * units, "3U": 3 * units, "H": harmonics, "N": bands, "T": taps}
        shape = tuple(sizes[size] if isinstance(size, str) else size for size in tensor.shape)
        bound = 1 / math.sqrt(shape[1] if len(shape) > 1 else units)
        dtype = np.float16 if float16 and len(shape) > 1 else np.float32
        centre = 1.0 if name.endswith("scale") else 0.0
        tensors[name] = (centre + random.uniform(-bound, bound, shape)).astype(dtype)
    tensors["room"] = (random.normal(0, 0.1, taps) * np.exp(-6 * np.arange(taps) / taps)).astype(np.float32)
    header = {
        "format_version": "1.0", "kind": "ddsp", "name": "drawn", "rate": 16_000, "hop": 160, "dry": 1.0,
        "features": {"pitch": "midi", "mean": -40.0, "deviation": 10.0},
        "pitch": {"low": 196.0, "high": 1760.0}, "keys": {"low": 55, "high": 93},
    }  # fmt: skip
    return header, tensors


def _check(header: dict[str, Any], tensors: Tensors, sizes: dict[str, int]) -> None:
    """Check sizes, and the values of the header."""
    check_max_sizes(sizes, MAX_SIZES)
    if sizes["N"] < 2:
        raise ValueError("it has one band of noise; at least 2 are needed")
    for name, times in (("2U", 2), ("3U", 3)):
        if sizes[name] != times * sizes["U"]:
            raise ValueError(f"a matrix has {sizes[name]} rows or columns where {times} × {sizes['U']} units fit")
    rate = header["rate"]
    if sizes["T"] > MAX_ROOM_SECONDS * rate:
        raise ValueError(f"its room is {sizes['T'] / rate:g} s long; at most {MAX_ROOM_SECONDS:g} s can be played")
    hop, dry = header.get("hop"), header.get("dry")
    if type(hop) is not int or not rate / 1000 <= hop <= rate / 10:
        raise ValueError(f"'hop' is {hop!r}; it must be a number of samples from 1 to 100 ms")
    if not is_number(dry) or not 0 <= dry <= 1:
        raise ValueError(f"'dry' is {dry!r}; it must be a number from 0 to 1")
    _check_features(header.get("features"))


def _check_features(features: Any) -> None:
    """Check the scaling of the inputs, but for the mean loudness, which every kind that follows a voice has."""
    features = features if isinstance(features, dict) else {}
    if features.get("pitch") not in PITCH_UNITS:
        raise ValueError(f"'features' has the pitch {features.get('pitch')!r}; it must be {' or '.join(PITCH_UNITS)}")
    deviation = features.get("deviation")
    if not is_number(deviation) or not 0.1 <= deviation <= 60:
        raise ValueError(f"'features' has the deviation {deviation!r}; it must lie between 0.1 and 60 dB")


def _mlp(name: str) -> dict[str, Tensor]:
    """Tensors of LAYERS layers: linear, layer norm, ReLU."""
    first, others = MLPS[name]
    table: dict[str, Tensor] = {}
    for i in range(LAYERS):
        inputs: int | str = others if i else first
        table[f"{name}_{i}_weight"] = Tensor(("U", inputs))
        table |= {f"{name}_{i}_{part}": Tensor(("U",)) for part in ("bias", "scale", "shift")}
    return table


_TENSORS = {
    **_mlp("pitch"),
    **_mlp("loudness"),
    **_mlp("out"),
    "gru_input": Tensor(("3U", "2U")),
    "gru_state": Tensor(("3U", "U")),
    "gru_input_bias": Tensor(("3U",)),
    "gru_state_bias": Tensor(("3U",)),
    "amplitude_weight": Tensor((1, "U")),
    "amplitude_bias": Tensor((1,)),
    "harmonics_weight": Tensor(("H", "U")),
    "harmonics_bias": Tensor(("H",)),
    "noise_weight": Tensor(("N", "U")),
    "noise_bias": Tensor(("N",)),
    "room": Tensor(("T",)),
}
SCHEMA = Schema(tensors=_TENSORS, nonempty="UHNT", check=_check)

KIND = InstrumentKind(
    name="ddsp",
    title="Harmonics and noise",
    summary="A network that says how strong each harmonic is at a pitch and a loudness.",
    description="harmonics and noise, led by pitch and loudness",
    label="bowed, blown or sung (ddsp)",
    schema=SCHEMA,
    instrument="engine.instruments.ddsp.instrument:Ddsp",
    compile_label="decoded instruments",
    display="harmonics",
    snapshot="engine.snapshots.ddsp:sounding_harmonics",
    record_layout="engine.snapshots.ddsp:record_layout",
    follows_voice=True,
    voice_snapshot="engine.snapshots.ddsp:voice_snapshot",
    onnx_instrument="engine.instruments.ddsp.onnx_decoder:make_instrument",
    probe="engine.instruments.ddsp.decode_curves:probe_outputs",
    has_room=True,
    learn_label="Bowed, blown or sung: pitch and loudness (ddsp)",
    learn_minutes=60.0,
    learn_sounds=("line",),
    learn_options=("units", "harmonics", "from", "voice", "rate"),
)
