"""A resonance preset as an ONNX model: one block of T samples, its control and its state in and out.

    control (1, K), noise (S, N), pending (S, P, D), modes (S, E, J, 2), weights (E, T) if E > 1
    → audio (C, T), next_pending, next_modes

It plays as learned: energy in control strikes resonances at the block's first sample, each with its own row of noise
in ±1. With a control plane there is one strike S for each of the R resonances and the router leads to them, without
one each of the R · L strikes has a dimension of its own. `pending` is what the strikes have yet to send, to the modes
and past them, `modes` how the modes stand, as real and imaginary parts; both are zeros in silence. `weights` say how
loud each of the E variants is, and sum to 1. The rate is the learned one, and the level that of the model, 0 dB.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.kinds.schema import Tensors
from engine.preset.preset_file import Preset

from .graph import Graph

BLOCK = 128  # samples, where no control signal was learned that has a hop


@dataclass(frozen=True)
class Layout:
    """The sizes of a model, by the letters of the docstring above; direct: sides of what is heard past the modes."""

    S: int
    E: int
    J: int
    K: int
    N: int
    D: int
    T: int
    direct: int
    sides: int

    @property
    def audio(self) -> int:
        """Channels."""
        return max(self.direct, self.sides)


def layout(preset: Preset) -> Layout:
    """The sizes of the model that a preset becomes."""
    header, tensors = preset.header, preset.tensors
    resonances, layers, variants, modes = tensors["frequency"].shape
    plane = tensors["router"].shape[0] if "router" in tensors else 0
    strikes = resonances if plane else resonances * layers
    block, attack = int(header.get("control", {}).get("hop", BLOCK)), int(header["attack"])
    longest = max(attack, tensors["strike"].shape[-1], tensors["knock"].shape[-1])
    return Layout(
        S=strikes, E=variants, J=modes, K=plane or strikes, N=attack, D=-(-longest // block) * block, T=block,
        direct=2 if tensors["knock"].ndim > 3 else 1, sides=2 if np.any(tensors["place"]) else 1,
    )  # fmt: skip


def model(preset: Preset) -> Any:
    """The model of a preset, an onnx.ModelProto."""
    graph, sizes = Graph(), layout(preset)
    control, noise = graph.input("control", 1, sizes.K), graph.input("noise", sizes.S, sizes.N)
    waiting = (sizes.S, 1 + sizes.direct, sizes.D)
    pending, standing = graph.input("pending", *waiting), graph.input("modes", sizes.S, sizes.E, sizes.J, 2)
    struck = graph.node(
        "Greater", graph.node("ReduceMax", graph.node("Abs", control), keepdims=0), graph.constant(0.0)
    )
    now, later = graph.either(
        struck,
        lambda: _parted(graph, sizes, graph.node("Add", pending, _struck(graph, preset, sizes, control, noise))),
        lambda: _parted(graph, sizes, pending),
    )
    drive, past = _slice(graph, now, 1, 0, 1), _slice(graph, now, 1, 1, 1 + sizes.direct)
    wet, after = _rung(graph, preset, sizes, standing, drive)
    heard = graph.node("Add", past, _faded(graph, sizes, wet))
    audio = graph.node("ReduceSum", _driven(graph, preset, sizes, heard), graph.constant([0]), keepdims=0)
    graph.output("audio", audio, sizes.audio, sizes.T)
    graph.output("next_pending", later, *waiting)
    graph.output("next_modes", after, sizes.S, sizes.E, sizes.J, 2)
    return graph.model(preset.header)


def _parted(graph: Graph, sizes: Layout, pending: str) -> list[str]:
    """What is to be sent in this block, and what after it, moved to the front."""
    now = _slice(graph, pending, 2, 0, sizes.T)
    return [now, graph.node("Pad", pending, graph.constant([0, 0, -sizes.T, 0, 0, sizes.T]))]


def _struck(graph: Graph, preset: Preset, sizes: Layout, control: str, noise: str) -> str:
    """What strikes of these energies will send: (S, P, D), to the modes first and past them then."""
    tensors = preset.tensors
    if "router" in tensors:
        control = graph.node("MatMul", control, graph.constant(tensors["router"], "router"))
    energy = graph.node("Reshape", control, graph.constant([sizes.S, 1, 1]))
    knock = _of_strikes(tensors, "knock", sizes).reshape(sizes.S, sizes.direct, -1)
    strike = _of_strikes(tensors, "strike", sizes)[:, None]
    still = np.zeros((sizes.S, 1 + sizes.direct, sizes.D), np.float32)
    still[:, :1, : strike.shape[-1]] = strike
    still[:, 1:, : knock.shape[-1]] = knock
    points = np.stack([_of_strikes(tensors, name, sizes) for name in ("envelope", "hiss")], 1)
    drawn = graph.node(
        "Resize", graph.constant(points, "envelopes"), "", "", graph.constant([sizes.S, 2, sizes.N]),
        mode="linear", coordinate_transformation_mode="half_pixel",
    )  # fmt: skip
    breath = graph.node("Mul", drawn, graph.node("Unsqueeze", noise, graph.constant([1])))
    parts = [_slice(graph, breath, 1, 0, 1)] + [_slice(graph, breath, 1, 1, 2)] * sizes.direct
    longer = graph.constant([0, 0, 0, 0, 0, sizes.D - sizes.N])
    breath = graph.node("Pad", graph.node("Concat", *parts, axis=1), longer)
    return graph.node("Mul", energy, graph.node("Add", graph.constant(still, "attack"), breath))


def _rung(graph: Graph, preset: Preset, sizes: Layout, standing: str, drive: str) -> tuple[str, str]:
    """What the modes sound like, (S, E, sides, T), driven by drive (S, 1, T), and how they stand after that."""
    real, imaginary = (graph.constant(table, "powers") for table in _powers(preset, sizes))  # (S, E, J, T + 1)
    ends = [_slice(graph, table, 3, sizes.T, sizes.T + 1) for table in (real, imaginary)]
    ahead = [_slice(graph, table, 3, 1, sizes.T + 1) for table in (real, imaginary)]
    within = [_slice(graph, table, 3, 0, sizes.T) for table in (real, imaginary)]
    backwards = graph.constant(np.arange(sizes.T)[::-1].copy())
    given = graph.node("Unsqueeze", drive, graph.constant([3]))  # (S, 1, T, 1)
    left = [graph.node("MatMul", graph.node("Gather", table, backwards, axis=3), given) for table in within]
    now = [_slice(graph, standing, 3, i, i + 1) for i in range(2)]
    turned = _times(graph, now, ends)
    after = graph.node("Concat", *(graph.node("Add", a, b) for a, b in zip(turned, left, strict=True)), axis=3)
    weights = [graph.constant(part, "residues") for part in _residues(preset, sizes)]  # (S, E, sides, J)
    rows = [graph.node("Transpose", part, perm=[0, 1, 3, 2]) for part in now]  # (S, E, 1, J)
    onward = _real_product(graph, _times(graph, weights, rows), ahead)
    head = _real_product(graph, weights, within)  # what one sample of drive sounds like: (S, E, sides, T)
    return graph.node("Add", onward, _convolved(graph, sizes, head, drive)), after


def _convolved(graph: Graph, sizes: Layout, head: str, drive: str) -> str:
    """Head (S, E, sides, T) convolved with drive (S, 1, T), within the block: by one Toeplitz matrix for each."""
    lag = np.arange(sizes.T)[None, :] - np.arange(sizes.T)[:, None]  # [m, t]: what comes at t of what was sent at m
    padded = graph.node("Pad", head, graph.constant([0, 0, 0, 1, 0, 0, 0, 0]))
    toeplitz = graph.node("Gather", padded, graph.constant(np.maximum(lag + 1, 0)), axis=3)
    given = graph.node("Reshape", drive, graph.constant([sizes.S, 1, 1, 1, sizes.T]))
    return graph.node("Squeeze", graph.node("MatMul", given, toeplitz), graph.constant([3]))


def _faded(graph: Graph, sizes: Layout, wet: str) -> str:
    """The variants as loud as their weights say, together: (S, sides, T)."""
    if sizes.E > 1:
        weights = graph.input("weights", sizes.E, sizes.T)
        wet = graph.node("Mul", wet, graph.node("Unsqueeze", weights, graph.constant([1])))
    return graph.node("ReduceSum", wet, graph.constant([1]), keepdims=0)


def _driven(graph: Graph, preset: Preset, sizes: Layout, heard: str) -> str:
    """tanh(γ · heard), or heard itself where γ is 0."""
    gain = _of_strikes(preset.tensors, "gain", sizes).reshape(-1, 1, 1)
    bent = graph.node("Tanh", graph.node("Mul", heard, graph.constant(gain, "gain")))
    bends = graph.node("Greater", graph.constant(gain, "gain"), graph.constant(0.0))
    return graph.node("Where", bends, bent, heard)


def _times(graph: Graph, a: list[str], b: list[str]) -> list[str]:
    """The product of complex numbers, each a pair of a real and an imaginary part."""
    products = {(i, k): graph.node("Mul", a[i], b[k]) for i in range(2) for k in range(2)}
    return [graph.node("Sub", products[0, 0], products[1, 1]), graph.node("Add", products[0, 1], products[1, 0])]


def _real_product(graph: Graph, a: list[str], b: list[str]) -> str:
    """The real part of a matrix product of complex numbers."""
    return graph.node("Sub", graph.node("MatMul", a[0], b[0]), graph.node("MatMul", a[1], b[1]))


def _slice(graph: Graph, x: str, axis: int, start: int, stop: int) -> str:
    return graph.node("Slice", x, *(graph.constant([number]) for number in (start, stop, axis)))


def _of_strikes(tensors: Tensors, name: str, sizes: Layout) -> np.ndarray:
    """A tensor that has a row for each resonance, or for each of its layers, with a row for each strike: (S, …)."""
    tensor = np.asarray(tensors[name], np.float32)
    layers = tensors["frequency"].shape[1]
    if name in ("gain", "place"):
        return np.repeat(tensor, layers, axis=0) if len(tensor) < sizes.S else tensor
    return tensor.reshape(-1, *tensor.shape[2:]) if len(tensor) < sizes.S else np.ascontiguousarray(tensor[:, 0])


def _powers(preset: Preset, sizes: Layout) -> tuple[np.ndarray, np.ndarray]:
    """How the modes turn in 0 … T samples: real and imaginary parts, (S, E, J, T + 1)."""
    frequency, decay = (
        _of_strikes(preset.tensors, name, sizes).astype(np.float64) for name in ("frequency", "decay")
    )
    time = np.arange(sizes.T + 1) / preset.header["rate"]
    turned = np.exp((2j * np.pi * frequency - decay)[..., None] * time)
    return turned.real, turned.imag


def _residues(preset: Preset, sizes: Layout) -> tuple[np.ndarray, np.ndarray]:
    """How loud each mode is on each side, and at which phase: real and imaginary parts, (S, E, sides, J)."""
    size, phase, place = (_of_strikes(preset.tensors, name, sizes) for name in ("amplitude", "phase", "place"))
    residue = (size * np.exp(1j * phase.astype(np.float64)))[:, :, None]
    if sizes.sides > 1:
        angle = (place.astype(np.float64) + 1) * np.pi / 4
        residue = residue * np.sqrt(2) * np.stack([np.cos(angle), np.sin(angle)], 2)
    return residue.real, residue.imag
