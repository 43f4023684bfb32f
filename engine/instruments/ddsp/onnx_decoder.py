"""Decoders in ONNX files, with the signature of those that Luthier exports.

    pitch (B, 1) Hz, loudness (B, 1) dB, state (L, B, U)
    → amplitude (B, 1), harmonics (B, H), noise (B, N), next_state (L, B, U)

Each is float16, float32 or float64; B is dynamic or a number, L the number of recurrent layers. amplitude ≥ 0 is
that of all harmonics together, harmonics ≥ 0 are their weights and noise ≥ 0 the magnitudes of N bands from 0 Hz to
half the rate. An optional output `room` (taps,) is an impulse response. JSON under the metadata key `luthier` may
give name, rate, hop, dry, features with mean and deviation of the loudness in dB in training, pitch with low and
high in Hz; see DEFAULTS.

The only module of the engine that needs onnxruntime, imported when such a file is played.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from engine.kinds.ddsp import MAX_SIZES, SCHEMA
from engine.kinds.voice_header import check_voice_header
from engine.preset.preset_file import Preset, PresetError, check_header

from .decoder_thread import DecoderThread
from .instrument import Ddsp

INPUTS = ("pitch", "loudness", "state")
HEADS = ("amplitude", "harmonics", "noise")
OUTPUTS = (*HEADS, "next_state")
SIGNATURE = (
    "pitch (B, 1), loudness (B, 1), state (L, B, U) → amplitude (B, 1), harmonics (B, H), noise (B, N), next_state"
)
DEFAULTS: dict[str, Any] = {
    "kind": "ddsp", "rate": 16_000, "hop": 160, "dry": 1.0,
    "features": {"pitch": "hertz", "mean": -35.0, "deviation": 10.0},
    "pitch": {"low": 27.5, "high": 4186.0}, "keys": {"low": 21, "high": 108},
}  # fmt: skip
MAX_UNITS = 1 << 16  # of all layers together
FLOAT_TYPES = {"tensor(float16)": np.float16, "tensor(float)": np.float32, "tensor(double)": np.float64}


class OnnxDecoder:
    """A decoder in an ONNX file, opened and checked. PresetError (one line).

    units: of a voice's state, L · U: the rows of its layers one after the other.
    """

    def __init__(self, path: Path) -> None:
        self._session = _open_session(path)
        try:
            self.batch, self._layers, units = _sizes(self._session)
            self.units = self._layers * units
            self._types = {value.name: FLOAT_TYPES[value.type] for value in self._session.get_inputs()}
            self.harmonics, self.bands, room = self._probe()
            self.preset = Preset(_header(self._session, path), {"room": room} if room is not None else {})
            _check(self.preset, self.harmonics, self.bands)
        except ValueError as error:
            raise PresetError(f"{path.name} cannot be played: {error}") from None

    def decode(self, pitch: np.ndarray, loudness: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `decoder_thread.FrameDecoder`."""
        *heads, after = self._run(OUTPUTS, pitch, loudness, state)
        next_state = after.transpose(1, 0, 2).reshape(len(pitch), self.units)
        return np.concatenate(heads, axis=1).astype(np.float32), next_state.astype(np.float32)

    def instrument(self, seed: int = 0) -> Ddsp:
        """Make an instrument that plays this decoder."""
        return Ddsp(self.preset, seed, DecoderThread(self, self.preset.header))

    def _run(self, names: tuple[str, ...], pitch: np.ndarray, loudness: np.ndarray, state: np.ndarray) -> list[Any]:
        layers = state.reshape(len(state), self._layers, -1).transpose(1, 0, 2)
        inputs = {"pitch": pitch[:, None], "loudness": loudness[:, None], "state": layers}
        arrays = {name: np.ascontiguousarray(x, self._types[name]) for name, x in inputs.items()}
        outputs: list[Any] = self._session.run(names, arrays)
        return outputs

    def _probe(self) -> tuple[int, int, np.ndarray | None]:
        """The numbers of harmonics and bands, and the room, found by decoding one frame.

        Sets `batch` to 1 where the file says that it is dynamic, and only one voice can be decoded.
        """
        count = self.batch or 2
        try:
            outputs = self._probe_frame(count)
        except Exception as error:  # onnxruntime raises types of its own
            if self.batch is None and self._decodes_one_voice():
                self.batch = 1
                return self._probe()
            raise ValueError(f"it fails at its first frame: {_first_line(error)}") from None
        shapes = [value.shape for value in outputs[:4]]
        harmonics, bands = (shape[-1] if len(shape) == 2 else 0 for shape in shapes[1:3])
        state_shape = (self._layers, count, self.units // self._layers)
        if shapes != [(count, 1), (count, harmonics), (count, bands), state_shape]:
            raise ValueError(f"for {count} voices it says {', '.join(map(str, shapes))}; expected was {SIGNATURE}")
        return harmonics, bands, np.asarray(outputs[4], np.float32).reshape(-1) if len(outputs) > 4 else None

    def _probe_frame(self, count: int) -> list[Any]:
        """The outputs of a first frame of so many voices, with the room if there is one."""
        room = [value.name for value in self._session.get_outputs() if value.name == "room"]
        pitch, loudness = np.full(count, 440.0), np.full(count, -35.0)
        return self._run((*OUTPUTS, *room), pitch, loudness, np.zeros((count, self.units)))

    def _decodes_one_voice(self) -> bool:
        """Whether a first frame of one voice can be decoded."""
        try:
            self._probe_frame(1)
        except Exception:  # onnxruntime raises types of its own
            return False
        return True


def make_instrument(path: Path, seed: int = 0) -> Ddsp:
    """[main thread] Make an instrument that plays the decoder of a file. PresetError (one line)."""
    return OnnxDecoder(path).instrument(seed)


def _open_session(path: Path) -> Any:
    """Open a session with one thread that does not spin while it waits."""
    try:
        import onnxruntime
    except ImportError:
        raise PresetError(f"playing {path.name} needs onnxruntime: pip install onnxruntime") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4  # errors are reported by us
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises types of its own
        raise PresetError(f"{path.name} is no ONNX model that can be run: {_first_line(error)}") from None


def _sizes(session: Any) -> tuple[int | None, int, int]:
    """B, None where it is dynamic, L and U; ValueError where inputs or outputs differ from the signature."""
    inputs = {value.name: value for value in session.get_inputs()}
    outputs = {value.name: value for value in session.get_outputs()}
    if set(inputs) != set(INPUTS) or not set(OUTPUTS) <= set(outputs):
        raise ValueError(f"it has {', '.join(inputs)} → {', '.join(outputs)}; expected was {SIGNATURE}")
    for name, value in [*inputs.items(), *((name, outputs[name]) for name in OUTPUTS)]:
        if value.type not in FLOAT_TYPES:
            raise ValueError(f"{name} is a {value.type}; all must be float32, float16 or float64")
    shapes = [inputs[name].shape for name in INPUTS]
    if [len(shape) for shape in shapes] != [2, 2, 3]:
        raise ValueError(f"its inputs have the shapes {', '.join(map(str, shapes))}; expected was {SIGNATURE}")
    layers, _, units = shapes[2]
    for size, what in ((layers, "layers"), (units, "units")):
        if not isinstance(size, int) or not 1 <= size <= MAX_UNITS:
            raise ValueError(f"its state has {size!r} {what}; a number from 1 to {MAX_UNITS} must be given")
    if layers * units > MAX_UNITS:
        raise ValueError(f"its state has {layers} layers of {units} units; {MAX_UNITS} in all can be played")
    return _batch([shapes[0][0], shapes[1][0], shapes[2][1]]), layers, units


def _batch(sizes: list[Any]) -> int | None:
    """The number of voices by the dimensions of the inputs, None where all are dynamic. ValueError if they differ."""
    fixed = {size for size in sizes if isinstance(size, int) and size > 0}
    if len(fixed) > 1:
        raise ValueError(f"its inputs are for {', '.join(map(str, sizes))} voices; expected was {SIGNATURE}")
    return fixed.pop() if fixed else None


def _header(session: Any, path: Path) -> dict[str, Any]:
    """The header from the metadata, completed by DEFAULTS."""
    text = session.get_modelmeta().custom_metadata_map.get("luthier", "{}")
    try:
        metadata = json.loads(text)
    except ValueError:
        metadata = None
    if not isinstance(metadata, dict):
        raise ValueError("what its metadata have under luthier is no JSON object")
    if metadata.get("kind", "ddsp") != "ddsp":
        raise ValueError(f"it is of kind {metadata['kind']!r}; only decoders (ddsp) play from ONNX")
    header = {"name": path.stem, **DEFAULTS, **metadata}
    features = header["features"] if isinstance(header["features"], dict) else {}
    return {**header, "features": {**DEFAULTS["features"], **features, "pitch": "hertz"}}


def _check(preset: Preset, harmonics: int, bands: int) -> None:
    """ValueError unless header and sizes are valid for a preset."""
    check_header(preset.header)
    room = preset.tensors.get("room", np.zeros(1, np.float32))
    if not room.size or not np.isfinite(room).all():
        raise ValueError("its room is empty, or holds a value that is not a number")
    if not 1 <= harmonics <= MAX_SIZES["H"]:
        raise ValueError(f"it says {harmonics} harmonics; from 1 to {MAX_SIZES['H']} can be played")
    sizes = {"U": 1, "2U": 2, "3U": 3, "H": harmonics, "N": bands, "T": room.size}
    SCHEMA.check(preset.header, preset.tensors, sizes)
    check_voice_header(preset.header)


def _first_line(error: Exception) -> str:
    """The first line of an error's text, without its code."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rpartition(" : ")[2] if lines else type(error).__name__
