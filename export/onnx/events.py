"""Export the decoder of an event preset as an ONNX model: the sounds of any number of events by key and strength.

    key (events,) int64, strength (events,), context (1, M) → sound (events, N); room (taps,), usual_context (1, M)

The sounds are dry and start at once; the caller places them and applies the room. `room` is constant: the impulse
response of the usual room, without the dry share that the header has as `dry`. So is `usual_context`.
"""

from typing import Any

import numpy as np

from engine.dsp.wave_bank import CYCLE_SAMPLES, wave_cycles
from engine.instruments.events.decoder import MIN_STRENGTH, hann, interpolation_matrix
from engine.kinds.events import BANDS, frame_sizes
from engine.kinds.schema import Tensors
from engine.preset.preset_file import Preset

from .graph import Graph

EVENTS = "events"  # name of the free dimension
MIN_NORM = 1e-8
CYCLE_STEPS = 1 << 44  # phase resolution of a cycle; N times half of it still fits into 64 bits


def make_model(preset: Preset) -> Any:
    """The model of a preset, an onnx.ModelProto."""
    graph, tensors = Graph(), preset.tensors
    decoder, frames, numbers = preset.header["decoder"], len(tensors["decay_bias"]), len(tensors["offset"])
    hop, grain = frame_sizes(decoder)
    samples = hop * frames
    key, strength = graph.input("key", EVENTS, is_integer=True), graph.input("strength", EVENTS)
    context = graph.input("context", 1, numbers)
    strength_column = graph.node("Unsqueeze", strength, graph.constant([1]))
    embedded = graph.node("Add", _embedded(graph, tensors, key, strength_column, decoder["published"]), context)
    impulse = _impulse(graph, tensors, embedded, grain, decoder["published"])
    resonance = _resonance(
        graph, tensors, embedded, _waves(graph, preset, samples), (samples, hop, *decoder["decays"])
    )
    taps = len(tensors["noise"]) - grain
    parts = [
        graph.node("Pad", impulse, graph.constant([0, 0, 0, samples - taps])),
        _convolve(graph, impulse, resonance, (samples - taps, samples)),
        resonance,
    ]
    if not decoder["published"]:
        shares = graph.node("Softmax", graph.linear(tensors, "mix", embedded), axis=-1)
        parts = [graph.node("Mul", part, graph.slice(shares, 1, i, i + 1)) for i, part in enumerate(parts)]
    level = graph.node("Mul", graph.node("Abs", graph.linear(tensors, "level", embedded)), strength_column)
    graph.output("sound", graph.node("Mul", graph.node("Sum", *parts), level), EVENTS, samples)
    graph.output("room", graph.constant(tensors["room"], "room"), len(tensors["room"]))
    graph.output(
        "usual_context", graph.constant(np.asarray(tensors["context"], np.float32)[None], "context"), 1, numbers
    )
    return graph.model(preset.header)


def _embedded(graph: Graph, tensors: Tensors, key: str, strength: str, published: bool) -> str:
    """Embeddings of the events: (events, M)."""
    rows = graph.node("Gather", graph.constant(tensors["embedding"], "embedding"), key, axis=0)
    if published:
        rows = graph.node("Mul", rows, strength)
    else:
        log_strength = graph.node("Log", graph.node("Max", strength, graph.constant(MIN_STRENGTH)))
        rows = graph.node("Add", rows, graph.node("Mul", log_strength, graph.constant(tensors["swell"], "swell")))
    return graph.node("Add", rows, graph.constant(tensors["offset"], "offset"))


def _impulse(graph: Graph, tensors: Tensors, embedded: str, grain: int, published: bool) -> str:
    """Impulses (events, taps): noise with a spectrum that changes at every half of a grain's samples."""
    taps, window, grain_hop = len(tensors["noise"]) - grain, hann(grain), grain // 2
    first = np.arange(taps // grain_hop)[:, None] * grain_hop + np.arange(grain)
    grains = np.fft.rfft(np.asarray(tensors["noise"], np.float32)[first] * window)  # (grains, bins)
    shapes_table = graph.node(
        "Transpose", graph.node("Sigmoid", _stack(graph, tensors, "impulse", embedded)), perm=[0, 2, 1]
    )
    upper = graph.slice(graph.node("Mul", shapes_table, shapes_table), 2, 1, grain // 2 + 1)
    gains = graph.node("Pad", upper, graph.constant([0, 0, 1, 0, 0, 0]), graph.constant(1.0))
    spectrum = [graph.node("Mul", gains, graph.constant(part, "grains")) for part in (grains.real, grains.imag)]
    shaped = graph.node("Mul", _inverse_dft(graph, spectrum, grain), graph.constant(window, "hann"))
    sound = _overlap_add(graph, shaped, grain_hop, taps)
    return sound if published else _normalize(graph, sound)


def _waves(graph: Graph, preset: Preset, samples: int) -> str:
    """The fixed waves (A, N), read from one cycle of each; phases are exact, in integers."""
    decoder, frequencies = preset.header["decoder"], preset.tensors["frequencies"].astype(np.float64)
    rate, shapes = preset.header["rate"], tuple(decoder["shapes"])
    shapes_table = graph.constant(
        wave_cycles(preset.tensors["frequencies"], shapes, rate, not decoder["published"]), "cycles"
    )
    steps = np.round(frequencies / rate * CYCLE_STEPS).astype(np.int64)[:, None, None]
    turned = graph.node("Mul", graph.constant(steps), graph.constant(np.arange(samples)))
    positions = graph.node("Mod", turned, graph.constant(CYCLE_STEPS))
    phases = graph.node("Expand", positions, graph.constant([len(frequencies), len(shapes), samples]))
    phases = graph.node("Reshape", phases, graph.constant([-1, samples]))
    cell = graph.constant(CYCLE_STEPS // CYCLE_SAMPLES)
    here = graph.node("Div", phases, cell)
    next_to = graph.node("Add", here, graph.constant(1))
    ends = [graph.node("GatherElements", shapes_table, position, axis=1) for position in (here, next_to)]
    rest = graph.node("Cast", graph.node("Mod", phases, cell), to=1)  # float32
    share = graph.node("Mul", rest, graph.constant(CYCLE_SAMPLES / CYCLE_STEPS))
    return graph.node("Add", ends[0], graph.node("Mul", share, graph.node("Sub", ends[1], ends[0])))


def _resonance(
    graph: Graph, tensors: Tensors, embedded: str, waves: str, decoder: tuple[int, int, float, float]
) -> str:
    """Resonances (events, N): frames of waves of unit energy, decaying and filtered.

    decoder: N, samples of a frame, and the range of a frame's decay.
    """
    samples, hop, low, high = decoder
    size = 2 * hop
    strengths = graph.node("Relu", graph.linear(tensors, "wave", embedded))
    mixed = graph.node("Pad", graph.node("MatMul", strengths, waves), graph.constant([0, 0, 0, hop]))
    halves = graph.node("Reshape", mixed, graph.constant([0, -1, hop]))
    count = samples // hop
    pairs = [graph.slice(halves, 1, i, i + count) for i in range(2)]
    frames = graph.node("Mul", graph.node("Concat", *pairs, axis=2), graph.constant(hann(size), "hann"))
    remaining = graph.node("Sigmoid", graph.linear(tensors, "decay", embedded))
    remaining = graph.node("Add", graph.node("Mul", remaining, graph.constant(high - low)), graph.constant(low))
    decay = graph.node("Exp", graph.node("CumSum", graph.node("Log", remaining), graph.constant(1)))
    decaying = graph.node("Mul", _normalize(graph, frames), graph.node("Unsqueeze", decay, graph.constant([2])))
    shapes_table = graph.node(
        "Transpose", graph.node("Sigmoid", _stack(graph, tensors, "filter", embedded)), perm=[0, 2, 1]
    )
    gains = graph.node("MatMul", shapes_table, graph.constant(interpolation_matrix(BANDS, hop + 1), "between"))
    angle = 2 * np.pi / size * (np.outer(np.arange(size), np.arange(hop + 1)) % size)
    transforms = (graph.constant(table, "forth") for table in (np.cos(angle), -np.sin(angle)))
    spectrum = [graph.node("Mul", graph.node("MatMul", decaying, transform), gains) for transform in transforms]
    return _overlap_add(graph, _inverse_dft(graph, spectrum, size), hop, samples)


def _stack(graph: Graph, tensors: Tensors, name: str, x: str) -> str:
    """Upsampling stack: (events, outputs, frames), the frames doubled by each layer."""
    weights, biases = tensors[f"{name}_up_weight"], tensors[f"{name}_up_bias"]
    embedded_in = graph.linear(tensors, f"{name}_in", x)
    x = graph.node("Reshape", embedded_in, graph.constant([0, weights.shape[1], -1]))
    for weight, bias in zip(weights, biases, strict=True):
        parts = graph.constant(weight, f"{name}_weight"), graph.constant(bias, f"{name}_bias")
        x = graph.node("ConvTranspose", x, *parts, kernel_shape=[4], strides=[2], pads=[1, 1])
        x = graph.node("LeakyRelu", x, alpha=0.2)
    last = (graph.constant(tensors[f"{name}_out_{part}"], f"{name}_out_{part}") for part in ("weight", "bias"))
    return graph.node("Conv", x, *last, kernel_shape=[3], pads=[1, 1])


def _convolve(graph: Graph, impulse: str, resonance: str, sizes: tuple[int, int]) -> str:
    """Impulses convolved with resonances (events, N), by spectra of twice the size.

    sizes: samples by which an impulse is shorter than N, and N.
    """
    short, samples = sizes
    ends = graph.constant([0, 0, 0, samples + short]), graph.constant([0, 0, 0, samples])
    spectra = []
    for sound, end in zip((impulse, resonance), ends, strict=True):
        longer = graph.node("Unsqueeze", graph.node("Pad", sound, end), graph.constant([2]))
        whole = graph.node("DFT", longer, axis=1)
        spectra.append([graph.slice(whole, 2, i, i + 1) for i in range(2)])
    (a, b), (c, d) = spectra
    times = {pair: graph.node("Mul", *pair) for pair in ((a, c), (b, d), (a, d), (b, c))}
    product = graph.node("Sub", times[a, c], times[b, d]), graph.node("Add", times[a, d], times[b, c])
    back = graph.node("DFT", graph.node("Concat", *product, axis=2), axis=1, inverse=1)
    return graph.node("Squeeze", graph.slice(graph.slice(back, 1, 0, samples), 2, 0, 1), graph.constant([2]))


def _inverse_dft(graph: Graph, spectrum: list[str], size: int) -> str:
    """Inverse transform of real and imaginary parts of spectra (…, size / 2 + 1) to frames (…, size)."""
    bins = np.arange(size // 2 + 1)
    share = np.where((bins == 0) | (bins == size // 2), 1.0, 2.0)[:, None] / size
    angle = 2 * np.pi / size * (np.outer(bins, np.arange(size)) % size)
    tables = (graph.constant(share * table, "back") for table in (np.cos(angle), -np.sin(angle)))
    return graph.node(
        "Add", *(graph.node("MatMul", x, transform) for x, transform in zip(spectrum, tables, strict=True))
    )


def _overlap_add(graph: Graph, frames: str, hop: int, samples: int) -> str:
    """Overlap-add of frames (events, T, 2 hop) by hop: (events, samples)."""
    first, second = (graph.slice(frames, 2, i * hop, (i + 1) * hop) for i in range(2))
    ends = graph.constant([0, 0, 0, 0, 1, 0]), graph.constant([0, 1, 0, 0, 0, 0])
    both = graph.node("Add", graph.node("Pad", first, ends[0]), graph.node("Pad", second, ends[1]))
    return graph.slice(graph.node("Reshape", both, graph.constant([0, -1])), 1, 0, samples)


def _normalize(graph: Graph, x: str) -> str:
    """Scale to unit energy along the last axis; silence stays."""
    norm = graph.node("Add", graph.node("ReduceL2", x, axes=[-1]), graph.constant(MIN_NORM))
    return graph.node("Div", x, norm)
