"""Decoders in ONNX files, with the signature of those that Luthier exports.

    pitch (B, 1) Hz, loudness (B, 1) dB, state (1, B, U)
    → amplitude (B, 1), harmonics (B, H), noise (B, N), next_state (1, B, U)

All are float32; B is dynamic or a number. amplitude ≥ 0 is that of all harmonics together, harmonics ≥ 0 are their
weights and noise ≥ 0 the magnitudes of N bands from 0 Hz to half the rate. An optional output `room` (taps,) is an
impulse response. JSON under the metadata key `luthier` may give name, rate, hop, dry, features with mean and
deviation of the loudness in dB in training, pitch with low and high in Hz; see DEFAULTS.

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
    "pitch (B, 1), loudness (B, 1), state (1, B, U) → amplitude (B, 1), harmonics (B, H), noise (B, N), next_state"
)
DEFAULTS: dict[str, Any] = {
    "kind": "ddsp", "rate": 16_000, "hop": 160, "dry": 1.0,
    "features": {"pitch": "hertz", "mean": -35.0, "deviation": 10.0},
    "pitch": {"low": 27.5, "high": 4186.0}, "keys": {"low": 21, "high": 108},
}  # fmt: skip
MAX_UNITS = 1 << 16


class OnnxDecoder:
    """A decoder in an ONNX file, opened and checked. PresetError (one line)."""

    def __init__(self, path: Path) -> None:
        self._session = _open_session(path)
        try:
            self.batch, self.units = _sizes(self._session)
            self.harmonics, self.bands, room = self._probe()
            self.preset = Preset(_header(self._session, path), {"room": room} if room is not None else {})
            _check(self.preset, self.harmonics, self.bands)
        except ValueError as error:
            raise PresetError(f"{path.name} cannot be played: {error}") from None

    def decode(self, pitch: np.ndarray, loudness: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `decoder_thread.FrameDecoder`."""
        *heads, after = self._run(OUTPUTS, pitch, loudness, state)
        return np.concatenate(heads, axis=1), after[0]

    def instrument(self, seed: int = 0) -> Ddsp:
        """Make an instrument that plays this decoder."""
        return Ddsp(self.preset, seed, DecoderThread(self, self.preset.header))

    def _run(self, names: tuple[str, ...], pitch: np.ndarray, loudness: np.ndarray, state: np.ndarray) -> list[Any]:
        inputs = {"pitch": pitch[:, None], "loudness": loudness[:, None], "state": state[None]}
        outputs: list[Any] = self._session.run(names, {name: np.asarray(x, np.float32) for name, x in inputs.items()})
        return outputs

    def _probe(self) -> tuple[int, int, np.ndarray | None]:
        """The numbers of harmonics and bands, and the room, found by decoding one frame."""
        count = self.batch or 2
        has_room = "room" in [value.name for value in self._session.get_outputs()]
        pitch, loudness = np.full(count, 440.0), np.full(count, -35.0)
        try:
            outputs = self._run((*OUTPUTS, *["room"] * has_room), pitch, loudness, np.zeros((count, self.units)))
        except Exception as error:  # onnxruntime raises types of its own
            raise ValueError(f"it fails at its first frame: {_first_line(error)}") from None
        shapes = [value.shape for value in outputs[:4]]
        harmonics, bands = (shape[-1] if len(shape) == 2 else 0 for shape in shapes[1:3])
        if shapes != [(count, 1), (count, harmonics), (count, bands), (1, count, self.units)]:
            raise ValueError(f"for {count} voices it says {', '.join(map(str, shapes))}; expected was {SIGNATURE}")
        return harmonics, bands, np.asarray(outputs[4], np.float32).reshape(-1) if has_room else None


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


def _sizes(session: Any) -> tuple[int | None, int]:
    """B, None where it is dynamic, and U; ValueError where inputs or outputs differ from the signature."""
    inputs = {value.name: value for value in session.get_inputs()}
    outputs = {value.name: value for value in session.get_outputs()}
    if set(inputs) != set(INPUTS) or not set(OUTPUTS) <= set(outputs):
        raise ValueError(f"it has {', '.join(inputs)} → {', '.join(outputs)}; expected was {SIGNATURE}")
    for name, value in [*inputs.items(), *((name, outputs[name]) for name in OUTPUTS)]:
        if value.type != "tensor(float)":
            raise ValueError(f"{name} is a {value.type}; all must be float32")
    shapes = [inputs[name].shape for name in INPUTS]
    if [len(shape) for shape in shapes] != [2, 2, 3]:
        raise ValueError(f"its inputs have the shapes {', '.join(map(str, shapes))}; expected was {SIGNATURE}")
    batch, units = shapes[0][0], shapes[2][2]
    if not isinstance(units, int) or not 1 <= units <= MAX_UNITS:
        raise ValueError(f"its state has {units!r} units; a number from 1 to {MAX_UNITS} must be given")
    return (batch if isinstance(batch, int) and batch > 0 else None), units


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
