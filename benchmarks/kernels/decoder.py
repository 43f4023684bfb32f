"""Speed of the ddsp decoder against memory bandwidth and peers, and load of a whole decoded instrument.

    python -m benchmarks.kernels.decoder [--json]

The size is the article's, 512 units, with random weights; instruments of 256 units are measured as well. A frame is
hot if its weights are in the cache, and cold after 64 MB of other data were read.
"""

import ctypes
import itertools
import time
from collections.abc import Callable

import numpy as np

from benchmarks.support.measurement import Measurement, median_times, print_measurements
from benchmarks.support.reference_decoders import onnx_decoder, torch_decoder
from engine.dsp.decoder import HAS_FLOAT16, WORK_ROWS, decode, pack_weights
from engine.dsp.matmul import padded
from engine.instrument_chain import make_chain
from engine.kinds.ddsp import random_preset
from engine.portaudio_callback import callback
from engine.preset.preset_file import Preset
from engine.simd.vectors import LANES, aligned_zeros
from engine.standard_chain import StandardChain

from . import processor_limits

RATE, BLOCK = 48_000, 64
UNITS, HARMONICS, TAPS = 512, 100, 16_000
CHORD = 8
ROUNDS, WARM_UP_RUNS = 100, 3
SOUND_SECONDS = 8.0  # of sound, for each load
MAX_FRAME_RATIO = (
    1.3 if LANES == 16 else 1.6
)  # of a frame to reading its weights; float16 is widened faster by AVX-512


def measure() -> list[Measurement]:
    """Measure the decoder and instruments with it."""
    return [
        *_frame_measurements(),
        *(row for units in (UNITS, UNITS // 2) for row in _instrument_measurements(units)),
    ]


def make_frame(half: bool, batch: int = 1, units: int = UNITS) -> Callable[[], None]:
    """A function that decodes a frame for a batch of voices."""
    _, tensors = random_preset(units, HARMONICS, seed=1)
    network = pack_weights(tensors, half)
    state, work = (np.zeros((rows, batch, padded(units)), np.float32) for rows in (1, WORK_ROWS))
    heads, inputs = np.zeros((1, batch, padded(network.heads)), np.float32), np.full((2, batch), 0.5, np.float32)
    return lambda: decode(network.panels, network.vectors, network.units, inputs, state, work, heads)


def _frame_measurements() -> list[Measurement]:
    """One frame, hot and cold, by our kernel and by peers."""
    _, tensors = random_preset(UNITS, HARMONICS, seed=1)
    other_data = aligned_zeros((1 << 24,))
    size = sum(tensor.size for name, tensor in tensors.items() if name != "room")
    weights = aligned_zeros((size // (2 if HAS_FLOAT16 else 1) // 512 * 512,))
    torch, onnx = torch_decoder(tensors), onnx_decoder(tensors)
    own = {"ours": make_frame(HAS_FLOAT16), "float32": make_frame(False), "eight": make_frame(HAS_FLOAT16, CHORD)}
    hot = median_times(
        own
        | {
            "read": lambda: processor_limits.sum_array(weights, 1),
            "onnx": lambda: onnx(0.5, 0.5),
            "torch": lambda: torch(0.5, 0.5),
        },
        ROUNDS,
        WARM_UP_RUNS,
    )
    cold = _cold(own["ours"], lambda: processor_limits.sum_array(other_data, 1))
    return [
        Measurement(f"frame, {size} weights", 1e6 * hot["ours"], "µs"),
        Measurement("the same, float32", 1e6 * hot["float32"], "µs"),
        Measurement("the same, weights not in the cache", 1e6 * float(np.median(cold)), "µs"),
        Measurement(f"a frame of {CHORD} voices at once, each", 1e6 * hot["eight"] / CHORD, "µs"),
        Measurement("frame : reading its weights", hot["ours"] / hot["read"], "×", MAX_FRAME_RATIO, goal_is_max=True),
        Measurement("onnxruntime : frame", hot["onnx"] / hot["ours"], "×", 2),
        Measurement("torch : frame", hot["torch"] / hot["ours"], "×", 8),
    ]


def _cold(work: Callable[[], None], fill_cache: Callable[[], None]) -> list[float]:
    """Seconds of work, each time after the cache was filled with other data."""
    times = []
    for _ in range(50):
        fill_cache()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return times


def _instrument_measurements(units: int) -> list[Measurement]:
    """Load of a whole host with a room, in percent of real time."""
    one, chord = _load(units, 1), _load(units, CHORD)
    onset, bent = _onsets(units), _load(units, CHORD, is_bent=True)
    name = f"{units} units"
    return [
        Measurement(
            f"{name}: one voice, everything on", one.mean(), "%", 8 if units < UNITS else None, goal_is_max=True
        ),
        Measurement(f"{name}: 999 of 1000 blocks of 64, one voice", _percentile_999(one), "%", 60, goal_is_max=True),
        Measurement(f"{name}: {CHORD} voices", chord.mean(), "%", 35 if units < UNITS else None, goal_is_max=True),
        Measurement(
            f"{name}: 999 of 1000 blocks of 64, {CHORD} voices", _percentile_999(chord), "%", 60, goal_is_max=True
        ),
        Measurement(f"{name}: the same, bent in every block", _percentile_999(bent), "%", 100, goal_is_max=True),
        Measurement(
            f"{name}: the block in which {CHORD} notes begin", float(np.median(onset)), "%", 60, goal_is_max=True
        ),
    ]


def _load(units: int, voices: int, is_bent: bool = False) -> np.ndarray:
    """Load of each block while so many notes are held; is_bent: by another pitch bend in each block."""
    host, play = _make_host(units)
    for i in range(voices):
        host.midi(0x90, 48 + 5 * i, 100)
    for _ in range(200):
        play()
    loads = []
    for block in range(round(SOUND_SECONDS * RATE / BLOCK)):
        if is_bent:
            host.midi(0xE0, 0, 32 + block % 64)
        loads.append(play())
    return np.array(loads)


def _onsets(units: int) -> list[float]:
    """Load of each block in which a chord starts."""
    host, play = _make_host(units)
    loads = []
    for _, key in itertools.product(range(20), (48, 50)):
        for i in range(CHORD):
            host.midi(0x90, key + 5 * i, 100)
        loads.append(play())
        for _ in range(100):
            play()
        for i in range(CHORD):
            host.midi(0x80, key + 5 * i, 0)
        for _ in range(500):
            play()
    return loads


def _make_host(units: int) -> tuple[StandardChain, Callable[[], float]]:
    """A host with a random instrument, and a function that plays a block and returns its load."""
    host = StandardChain(RATE)
    host.play(
        make_chain(
            Preset(*random_preset(units, HARMONICS if units == UNITS else 60, taps=TAPS, seed=1, float16=True))
        )
    )
    audio = np.zeros((BLOCK, 2), np.float32)
    speaker = ctypes.cast(audio.ctypes.data, ctypes.POINTER(ctypes.c_float))

    def play() -> float:
        start = time.thread_time_ns()
        callback.ctypes(None, speaker, BLOCK, None, 0, host.memory.ctypes.data)
        return 100 * (time.thread_time_ns() - start) / (1e9 * BLOCK / RATE)

    return host, play


def _percentile_999(loads: np.ndarray) -> float:
    """The load that 999 of 1000 blocks do not exceed."""
    return float(np.percentile(loads, 99.9))


if __name__ == "__main__":
    print_measurements(measure())
