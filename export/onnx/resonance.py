"""Export a resonance preset as an ONNX model: one block of T samples, its control and its state in and out.

    control (1, K), noise (S, N), pending (S, P, D), modes (S, E, J, 2), weights (E, T) if E > 1
    → audio (C, T), next_pending, next_modes

It plays as learned: energy in control strikes resonances at the block's first sample, each with its own row of noise
in ±1. With a control plane there is one strike S for each of the R resonances, and the router maps the plane to them;
without one, each of the R · L strikes has a dimension of its own. `pending` is the excitation of later
blocks, to the modes and past them; `modes` is the state of the modes, as real and imaginary parts; both are zero
in silence. `weights` are the gains of the E variants, and sum to 1. The rate is the learned one, the level 0 dB.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.kinds.schema import Tensors
from engine.preset.preset_file import Preset

from .graph import Graph

BLOCK = 128  # samples, where no control signal with a hop was learned


@dataclass(frozen=True)
class Layout:
    """Sizes of a model, by the letters of the module docstring; direct: channels of the sound past the modes."""

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
        """Number of output channels."""
        return max(self.direct, self.sides)


def layout(preset: Preset) -> Layout:
    """Sizes of the model of a preset."""
    header, tensors = preset.header, preset.tensors
    resonances, layers, variants, modes = tensors["frequency"].shape
    plane_size = tensors["router"].shape[0] if "router" in tensors else 0
    strikes = resonances if plane_size else resonances * layers
    block, attack = int(header.get("control", {}).get("hop", BLOCK)), int(header["attack"])
    max_samples = max(attack, tensors["strike"].shape[-1], tensors["knock"].shape[-1])
    return Layout(
        S=strikes, E=variants, J=modes, K=plane_size or strikes, N=attack,
        D=-(-max_samples // block) * block, T=block,
        direct=2 if tensors["knock"].ndim > 3 else 1, sides=2 if np.any(tensors["place"]) else 1,
    )  # fmt: skip


def make_model(preset: Preset) -> Any:
    """The model of a preset, an onnx.ModelProto."""
    graph, sizes = Graph(), layout(preset)
    control, noise = graph.input("control", 1, sizes.K), graph.input("noise", sizes.S, sizes.N)
    pending_shape = (sizes.S, 1 + sizes.direct, sizes.D)
    pending, modes = graph.input("pending", *pending_shape), graph.input("modes", sizes.S, sizes.E, sizes.J, 2)
    is_struck = graph.node(
        "Greater", graph.node("ReduceMax", graph.node("Abs", control), keepdims=0), graph.constant(0.0)
    )
    state, later = graph.conditional(
        is_struck,
        lambda: _split_pending(
            graph, sizes, graph.node("Add", pending, _excitation(graph, preset, sizes, control, noise))
        ),
        lambda: _split_pending(graph, sizes, pending),
    )
    drive, direct = graph.slice(state, 1, 0, 1), graph.slice(state, 1, 1, 1 + sizes.direct)
    wet, next_state = _render_modes(graph, preset, sizes, modes, drive)
    sound = graph.node("Add", direct, _mix_variants(graph, sizes, wet))
    audio = graph.node("ReduceSum", _drive_gain(graph, preset, sizes, sound), graph.constant([0]), keepdims=0)
    graph.output("audio", audio, sizes.audio, sizes.T)
    graph.output("next_pending", later, *pending_shape)
    graph.output("next_modes", next_state, sizes.S, sizes.E, sizes.J, 2)
    return graph.model(preset.header)


def _split_pending(graph: Graph, sizes: Layout, pending: str) -> list[str]:
    """Excitation of this block, and that after it, shifted to the front."""
    state = graph.slice(pending, 2, 0, sizes.T)
    return [state, graph.node("Pad", pending, graph.constant([0, 0, -sizes.T, 0, 0, sizes.T]))]


def _excitation(graph: Graph, preset: Preset, sizes: Layout, control: str, noise: str) -> str:
    """Excitation of strikes with these energies: (S, P, D), first to the modes, then past them."""
    tensors = preset.tensors
    if "router" in tensors:
        control = graph.node("MatMul", control, graph.constant(tensors["router"], "router"))
    energy = graph.node("Reshape", control, graph.constant([sizes.S, 1, 1]))
    knock = _of_strikes(tensors, "knock", sizes).reshape(sizes.S, sizes.direct, -1)
    strike = _of_strikes(tensors, "strike", sizes)[:, None]
    deterministic = np.zeros((sizes.S, 1 + sizes.direct, sizes.D), np.float32)
    deterministic[:, :1, : strike.shape[-1]] = strike
    deterministic[:, 1:, : knock.shape[-1]] = knock
    points = np.stack([_of_strikes(tensors, name, sizes) for name in ("envelope", "hiss")], 1)
    envelopes = graph.node(
        "Resize", graph.constant(points, "envelopes"), "", "", graph.constant([sizes.S, 2, sizes.N]),
        mode="linear", coordinate_transformation_mode="half_pixel",
    )  # fmt: skip
    noise_burst = graph.node("Mul", envelopes, graph.node("Unsqueeze", noise, graph.constant([1])))
    parts = [graph.slice(noise_burst, 1, 0, 1)] + [graph.slice(noise_burst, 1, 1, 2)] * sizes.direct
    padding = graph.constant([0, 0, 0, 0, 0, sizes.D - sizes.N])
    noise_burst = graph.node("Pad", graph.node("Concat", *parts, axis=1), padding)
    return graph.node("Mul", energy, graph.node("Add", graph.constant(deterministic, "attack"), noise_burst))


def _render_modes(graph: Graph, preset: Preset, sizes: Layout, modes: str, drive: str) -> tuple[str, str]:
    """Sound of the modes (S, E, sides, T), driven by drive (S, 1, T), and their next state."""
    real, imaginary = (graph.constant(table, "powers") for table in _powers(preset, sizes))  # (S, E, J, T + 1)
    end_powers = [graph.slice(table, 3, sizes.T, sizes.T + 1) for table in (real, imaginary)]
    next_powers = [graph.slice(table, 3, 1, sizes.T + 1) for table in (real, imaginary)]
    block_powers = [graph.slice(table, 3, 0, sizes.T) for table in (real, imaginary)]
    backwards = graph.constant(np.arange(sizes.T)[::-1].copy())
    column = graph.node("Unsqueeze", drive, graph.constant([3]))  # (S, 1, T, 1)
    driven_state = [
        graph.node("MatMul", graph.node("Gather", table, backwards, axis=3), column) for table in block_powers
    ]
    state = [graph.slice(modes, 3, i, i + 1) for i in range(2)]
    rotated = _times(graph, state, end_powers)
    next_state = graph.node(
        "Concat", *(graph.node("Add", a, b) for a, b in zip(rotated, driven_state, strict=True)), axis=3
    )
    weights = [graph.constant(part, "residues") for part in _residues(preset, sizes)]  # (S, E, sides, J)
    rows = [graph.node("Transpose", part, perm=[0, 1, 3, 2]) for part in state]  # (S, E, 1, J)
    free_response = _real_product(graph, _times(graph, weights, rows), next_powers)
    head = _real_product(graph, weights, block_powers)  # the impulse response: (S, E, sides, T)
    return graph.node("Add", free_response, _convolve(graph, sizes, head, drive)), next_state


def _convolve(graph: Graph, sizes: Layout, head: str, drive: str) -> str:
    """Head (S, E, sides, T) convolved with drive (S, 1, T) within the block, by one Toeplitz matrix for each."""
    lag = np.arange(sizes.T)[None, :] - np.arange(sizes.T)[:, None]  # [m, t]: from input sample m to output sample t
    padded = graph.node("Pad", head, graph.constant([0, 0, 0, 1, 0, 0, 0, 0]))
    toeplitz = graph.node("Gather", padded, graph.constant(np.maximum(lag + 1, 0)), axis=3)
    column = graph.node("Reshape", drive, graph.constant([sizes.S, 1, 1, 1, sizes.T]))
    return graph.node("Squeeze", graph.node("MatMul", column, toeplitz), graph.constant([3]))


def _mix_variants(graph: Graph, sizes: Layout, wet: str) -> str:
    """Weighted sum of the variants: (S, sides, T)."""
    if sizes.E > 1:
        weights = graph.input("weights", sizes.E, sizes.T)
        wet = graph.node("Mul", wet, graph.node("Unsqueeze", weights, graph.constant([1])))
    return graph.node("ReduceSum", wet, graph.constant([1]), keepdims=0)


def _drive_gain(graph: Graph, preset: Preset, sizes: Layout, sound: str) -> str:
    """tanh(γ · sound), or the sound itself where γ is 0."""
    gain = _of_strikes(preset.tensors, "gain", sizes).reshape(-1, 1, 1)
    saturated = graph.node("Tanh", graph.node("Mul", sound, graph.constant(gain, "gain")))
    has_gain = graph.node("Greater", graph.constant(gain, "gain"), graph.constant(0.0))
    return graph.node("Where", has_gain, saturated, sound)


def _times(graph: Graph, a: list[str], b: list[str]) -> list[str]:
    """Product of complex numbers, each a pair of a real and an imaginary part."""
    products = {(i, k): graph.node("Mul", a[i], b[k]) for i in range(2) for k in range(2)}
    return [graph.node("Sub", products[0, 0], products[1, 1]), graph.node("Add", products[0, 1], products[1, 0])]


def _real_product(graph: Graph, a: list[str], b: list[str]) -> str:
    """Real part of a matrix product of complex numbers."""
    return graph.node("Sub", graph.node("MatMul", a[0], b[0]), graph.node("MatMul", a[1], b[1]))


def _of_strikes(tensors: Tensors, name: str, sizes: Layout) -> np.ndarray:
    """A tensor with a row for each resonance, or for each of its layers, as one row for each strike: (S, …)."""
    tensor = np.asarray(tensors[name], np.float32)
    layers = tensors["frequency"].shape[1]
    if name in ("gain", "place"):
        return np.repeat(tensor, layers, axis=0) if len(tensor) < sizes.S else tensor
    return tensor.reshape(-1, *tensor.shape[2:]) if len(tensor) < sizes.S else np.ascontiguousarray(tensor[:, 0])


def _powers(preset: Preset, sizes: Layout) -> tuple[np.ndarray, np.ndarray]:
    """Powers 0…T of the poles: real and imaginary parts, (S, E, J, T + 1)."""
    frequency, decay = (
        _of_strikes(preset.tensors, name, sizes).astype(np.float64) for name in ("frequency", "decay")
    )
    time = np.arange(sizes.T + 1) / preset.header["rate"]
    rotated = np.exp((2j * np.pi * frequency - decay)[..., None] * time)
    return rotated.real, rotated.imag


def _residues(preset: Preset, sizes: Layout) -> tuple[np.ndarray, np.ndarray]:
    """Complex amplitude of each mode in each channel: real and imaginary parts, (S, E, sides, J)."""
    size, phase, place = (_of_strikes(preset.tensors, name, sizes) for name in ("amplitude", "phase", "place"))
    residue = (size * np.exp(1j * phase.astype(np.float64)))[:, :, None]
    if sizes.sides > 1:
        angle = (place.astype(np.float64) + 1) * np.pi / 4
        residue = residue * np.sqrt(2) * np.stack([np.cos(angle), np.sin(angle)], 2)
    return residue.real, residue.imag
