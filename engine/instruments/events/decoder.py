"""The decoder of an instrument of events, in numpy.

An event mixes a shaped noise impulse, a decaying filtered resonance of fixed waves, and the convolution of both
(after John Vinyard, "Sparse Interpretable Audio Model", 2023).

It runs on a worker thread or before anything plays, never on the audio thread.
"""

from typing import Any

import numpy as np

from engine.dsp.wave_bank import wave_bank
from engine.kinds.events import BANDS, frame_sizes
from engine.preset.preset_file import Preset

MIN_STRENGTH = 1e-3  # a weaker event has the timbre of this strength, scaled down
LEAKY_SLOPE = np.float32(0.2)  # slope of the leaky rectifiers below 0
MIN_NORM = np.float32(1e-8)  # keeps the norm of silence from dividing by 0


class EventDecoder:
    """Renders events from their keys and strengths."""

    def __init__(self, preset: Preset) -> None:
        self.tensors = {
            name: np.asarray(tensor, np.float32)
            for name, tensor in preset.tensors.items()
            if not name.startswith("heard.")
        }
        config = preset.header["decoder"]
        self.rate, self.published = float(preset.header["rate"]), bool(config["published"])
        self.low, self.high = (np.float32(decay) for decay in config["decays"])
        t = self.tensors
        self.keys, self.frames = len(t["embedding"]), len(t["decay_bias"])
        self.hop, self.grain = frame_sizes(config)
        self.samples, self.impulse = self.hop * self.frames, len(t["noise"]) - self.grain
        self.waves = wave_bank(t["frequencies"], tuple(config["shapes"]), self.samples, self.rate, not self.published)
        self.filter_interpolation = interpolation_matrix(BANDS, self.hop + 1)

    def render(self, keys: np.ndarray, strengths: np.ndarray, context: np.ndarray | None = None) -> np.ndarray:
        """Render keys (n,) at strengths (n,) → (n, samples) dry; context: (M,), the preset's own by default."""
        t, strengths = self.tensors, np.asarray(strengths, np.float32)
        e = self._embeddings(keys, strengths) + (t["context"] if context is None else context)
        e = e.astype(np.float32)
        impulse, resonance = self._impulses(e), self._resonances(e)
        size = 2 * self.samples
        both = np.fft.irfft(np.fft.rfft(impulse, size) * np.fft.rfft(resonance, size), size)[:, : self.samples]
        shares = np.ones((len(e), 3), np.float32) if self.published else _softmax(_linear(t, "mix", e))
        sound = shares[:, 1:2] * both + shares[:, 2:] * resonance
        sound[:, : self.impulse] += shares[:, :1] * impulse
        return np.asarray(sound * (np.abs(_linear(t, "level", e)) * strengths[:, None]), np.float32)

    def _embeddings(self, keys: np.ndarray, strengths: np.ndarray) -> np.ndarray:
        t, rows = self.tensors, self.tensors["embedding"][keys]
        if self.published:
            return np.asarray(rows * strengths[:, None] + t["offset"])
        return np.asarray(rows + np.log(np.maximum(strengths, MIN_STRENGTH))[:, None] * t["swell"] + t["offset"])

    def _impulses(self, e: np.ndarray) -> np.ndarray:
        """(n, impulse): noise filtered in grains that overlap by half; the gain of the lowest bin is 1."""
        window = hann(self.grain)
        magnitudes = _sigmoid(self._upsampled("impulse", e)).transpose(0, 2, 1) ** 2
        magnitudes[..., 0] = 1
        first = np.arange(magnitudes.shape[1])[:, None] * (self.grain // 2) + np.arange(self.grain)
        shaped = np.fft.irfft(np.fft.rfft(self.tensors["noise"][first] * window) * magnitudes, self.grain) * window
        sound = _overlap_add(shaped)[:, : self.impulse]
        return sound if self.published else _unit(sound)

    def _resonances(self, e: np.ndarray) -> np.ndarray:
        """(n, samples): mixtures of waves in frames of unit energy, each frame decayed and filtered."""
        t, hop = self.tensors, self.hop
        waves = np.pad(np.maximum(_linear(t, "wave", e), 0) @ self.waves, ((0, 0), (0, 2 * hop)))
        frames = np.lib.stride_tricks.sliding_window_view(waves, 2 * hop, axis=1)[:, : self.samples : hop]
        frames = _unit(frames * hann(2 * hop))
        decay = np.exp(np.log(self.low + (self.high - self.low) * _sigmoid(_linear(t, "decay", e))).cumsum(axis=-1))
        magnitudes = _sigmoid(self._upsampled("filter", e)).transpose(0, 2, 1) @ self.filter_interpolation
        filtered = np.fft.irfft(np.fft.rfft(frames * decay[..., None]) * magnitudes, 2 * hop)
        return _overlap_add(filtered)[:, : self.samples]

    def _upsampled(self, name: str, e: np.ndarray) -> np.ndarray:
        """(n, outputs, frames): a linear layer, transposed convolutions that double the frames, a convolution."""
        t = self.tensors
        weights, biases = t[f"{name}_up_weight"], t[f"{name}_up_bias"]
        x = _linear(t, f"{name}_in", e).reshape(len(e), weights.shape[1], -1)
        for weight, bias in zip(weights, biases, strict=True):
            x = _transposed_convolution(x, weight, bias)
            x = np.maximum(x, LEAKY_SLOPE * x)
        padded = np.pad(x, ((0, 0), (0, 0), (1, 1)))
        weight, frames = t[f"{name}_out_weight"], x.shape[-1]
        parts = [weight[:, :, k] @ padded[..., k : k + frames] for k in range(3)]
        return np.asarray(sum(parts[1:], parts[0]) + t[f"{name}_out_bias"][:, None])


def probe_outputs(preset: Preset, probe: dict[str, Any]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Actual and expected sounds of a probe (n, T): every n-th of the first samples of each event.

    probe: "keys" and "strengths" of n events, "samples" of each, "every", and the expected "sound".
    """
    actual = EventDecoder(preset).render(np.array(probe["keys"]), np.array(probe["strengths"]))
    expected = np.array(probe["sound"], np.float64)
    return [(actual[:, : probe["samples"] : probe["every"]].astype(np.float64), expected)]


def _transposed_convolution(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Four taps, stride 2: x (n, W, T), weight (W, W', 4) → (n, W', 2 T)."""
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1)))
    before, now, after = padded[..., :-2], padded[..., 1:-1], padded[..., 2:]
    out = np.empty((len(x), weight.shape[1], 2 * x.shape[-1]), np.float32)
    out[..., 0::2] = weight[:, :, 1].T @ now + weight[:, :, 3].T @ before
    out[..., 1::2] = weight[:, :, 2].T @ now + weight[:, :, 0].T @ after
    return out + bias[:, None]


def _linear(tensors: dict[str, np.ndarray], name: str, e: np.ndarray) -> np.ndarray:
    return np.asarray(e @ tensors[f"{name}_weight"].T + tensors[f"{name}_bias"])


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * x), np.float32)


def _softmax(x: np.ndarray) -> np.ndarray:
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True))


def _unit(x: np.ndarray) -> np.ndarray:
    """Scale to unit energy along the last axis; silence stays 0."""
    return np.asarray(x / (np.sqrt((x**2).sum(axis=-1, keepdims=True)) + MIN_NORM), np.float32)


def hann(size: int) -> np.ndarray:
    """The periodic Hann window (size,); copies half a window apart add up to 1."""
    return np.asarray(np.sin(np.pi * np.arange(size) / size) ** 2, np.float32)


def interpolation_matrix(points: int, bins: int) -> np.ndarray:
    """(points, bins): linear interpolation between points, centred in equal shares of bins; constant at both ends."""
    positions = (np.arange(bins) + 0.5) * points / bins - 0.5
    return np.stack([np.interp(positions, np.arange(points), row) for row in np.eye(points)]).astype(np.float32)


def _overlap_add(frames: np.ndarray) -> np.ndarray:
    """Overlap-add frames (n, T, size) with a hop of size / 2: (n, (T + 1) · size / 2)."""
    half = frames.shape[-1] // 2
    out = np.zeros((len(frames), frames.shape[1] + 1, half), np.float32)
    out[:, :-1] += frames[..., :half]
    out[:, 1:] += frames[..., half:]
    return out.reshape(len(frames), -1)
