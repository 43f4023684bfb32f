"""Speed of a state-space frame against memory bandwidth and peers, and load of sixty-four voices.

    python -m benchmarks.kernels.tanh_rnn [--json]

The size is the article's: 128 units, frames of 128 samples, 64 dimensions of control; random weights.
"""

import ctypes
import time
from collections.abc import Callable

import numpy as np
from numba import njit

from benchmarks.support.measurement import Measurement, median_times, print_measurements
from engine.dsp import tanh_rnn
from engine.events import Kind
from engine.instruments.ssm.instrument import StateSpace
from engine.portaudio_callback import callback
from engine.preset.preset_file import Preset
from engine.simd.vectors import aligned_zeros
from engine.standard_chain import StandardChain

from . import processor_limits

UNITS, FRAME, CONTROL, LEARNED_RATE = 128, 128, 64, 22_050
RATE, BLOCK, NOTES = 48_000, 64, 64
RUNS = 50  # frames per measurement, so that the call from Python is negligible
SOUND_SECONDS = 4.0


def measure() -> list[Measurement]:
    """Measure the recurrence, and an instrument with it."""
    return [*_frame_measurements(), *_voice_measurements()]


def random_preset(seed: int = 0) -> Preset:
    """A preset of the article's sizes that decays within a second or two."""
    random = np.random.default_rng(seed)
    orthogonal = np.linalg.qr(random.normal(size=(UNITS, UNITS)))[0]
    tensors = {
        "recurrence": 0.998 * orthogonal,
        "input": random.normal(0, 0.3, (UNITS, CONTROL)),
        "output": random.uniform(-0.05, 0.05, (FRAME, UNITS)),
        "pitch": np.full(CONTROL, 220.0),
        "energy": np.ones(CONTROL),
        "control_values": np.ones(1),
    }
    arrays = {name: np.ascontiguousarray(tensor, np.float32) for name, tensor in tensors.items()}
    arrays["control_sites"] = np.zeros((1, 2), np.int32)
    control = {"dimensions": CONTROL, "frames": 8, "hop": FRAME}
    return Preset(
        {"format_version": "1.0", "kind": "ssm", "name": "drawn", "rate": LEARNED_RATE, "control": control},
        arrays,
    )


def _frame_measurements() -> list[Measurement]:
    """One frame, its state advanced, by our kernel and by peers."""
    preset = random_preset()
    weights = aligned_zeros((UNITS * (UNITS + FRAME),))
    times = median_times(
        {
            "ours": _engine_kernel(preset),
            "onnxruntime": _onnx(preset),
            "torch": _torch(preset),
            "bare torch": _bare_torch(preset),
            "read": lambda: processor_limits.sum_array(weights, RUNS),
        },
        40,
    )
    ours, read = times["ours"] / RUNS, times["read"] / RUNS
    return [
        Measurement("a frame of 128 units and 128 samples", 1e6 * ours, "µs"),
        Measurement("the time in which its weights can be read, of that", 100 * read / ours, "%", 60),
        Measurement("onnxruntime : ours", times["onnxruntime"] / ours, "×", 4),
        Measurement("torch, the article's modules : ours", times["torch"] / ours, "×", 20),
        Measurement("torch, bare products of folded matrices : ours", times["bare torch"] / ours, "×"),
        Measurement("frames of the article in realtime on one core", FRAME / LEARNED_RATE / ours, ""),
    ]


def _engine_kernel(preset: Preset) -> Callable[[], object]:
    panels, frames = tanh_rnn.pack(preset.tensors["recurrence"]), tanh_rnn.pack(preset.tensors["output"])
    strike, zeros, u, h, y = (aligned_zeros((UNITS,)) for _ in range(5))
    strike[:] = preset.tensors["input"][:, 0]
    return lambda: _repeat(panels, frames, zeros, strike, u, h, y, RUNS)


@njit(cache=True, error_model="numpy")
def _repeat(panels, frames, zeros, strike, u, h, y, times):
    for _ in range(times):
        for s in range(u.shape[0]):
            u[s] = strike[s]
        tanh_rnn.step(panels, frames, zeros, u, np.float32(1), h, y)


def _onnx(preset: Preset) -> Callable[[], object]:
    import onnxruntime

    from export.onnx import make_model

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(make_model(preset).SerializeToString(), options)
    inputs = {"control": np.eye(1, CONTROL, dtype=np.float32), "state": np.zeros((1, UNITS), np.float32)}
    return lambda: session.run(None, inputs)


def _torch(preset: Preset) -> Callable[[], object]:
    """The article's modules: a projection, torch's recurrent layer, a linear layer, a sine."""
    import torch

    torch.set_num_threads(1)
    projection = torch.nn.Linear(CONTROL, UNITS, bias=False)
    layer = torch.nn.RNN(UNITS, UNITS, bias=False, batch_first=True)
    output = torch.nn.Linear(UNITS, FRAME, bias=False)
    for weight, value in (
        (projection.weight, preset.tensors["input"]), (layer.weight_ih_l0, np.eye(UNITS, dtype=np.float32)),
        (layer.weight_hh_l0, preset.tensors["recurrence"]), (output.weight, preset.tensors["output"]),
    ):  # fmt: skip
        weight.data = torch.from_numpy(value)
    control, state = torch.eye(1, CONTROL)[None], torch.zeros(1, 1, UNITS)

    def frame() -> torch.Tensor:
        with torch.inference_mode():
            return torch.sin(output(layer(projection(control), state)[0]))

    return frame


def _bare_torch(preset: Preset) -> Callable[[], object]:
    import torch

    torch.set_num_threads(1)
    weight, input_matrix, output = (
        torch.from_numpy(preset.tensors[name]) for name in ("recurrence", "input", "output")
    )
    control, state = torch.eye(1, CONTROL)[0], torch.zeros(UNITS)

    def frame() -> torch.Tensor:
        with torch.inference_mode():
            return torch.sin(output @ torch.tanh(weight @ state + input_matrix @ control))

    return frame


def _voice_measurements() -> list[Measurement]:
    """Sixty-four notes of different keys, each in its own state: the whole host, by the thread's own time."""
    host = StandardChain(RATE)
    instrument = StateSpace(random_preset())
    host.play([instrument])
    for i in range(NOTES):
        host.send(Kind.NOTE_ON, 28 + i, 0.8, note=28 + i)
    audio = np.zeros((BLOCK, 2), np.float32)
    speaker = ctypes.cast(audio.ctypes.data, ctypes.POINTER(ctypes.c_float))
    call, memory = callback.ctypes, host.memory.ctypes.data  # compiled before the first block is timed
    blocks = round(SOUND_SECONDS * RATE / BLOCK)
    loads, voices = np.zeros(blocks), NOTES
    for block in range(blocks):
        start = time.thread_time_ns()
        call(None, speaker, BLOCK, None, 0, memory)
        loads[block] = time.thread_time_ns() - start
        voices = min(voices, instrument.voices)
    loads *= 100 * RATE / (1e9 * BLOCK)
    return [
        Measurement("voices that sound, at least", voices, "", NOTES),
        Measurement(
            "mean load of 64 voices at 48 kHz, thread's own time", float(loads.mean()), "%", 15, goal_is_max=True
        ),
        Measurement("load of 999 blocks of 1000, thread's own time", float(np.percentile(loads, 99.9)), "%"),
    ]


if __name__ == "__main__":
    print_measurements(measure())
