"""What an event sounds like: a short shaped noise, a falling filtered mixture of waves, and the one in the other.

The decoder of a preset, without torch: it runs on a worker or before anything plays, never on the audio thread.
After John Vinyard, "Sparse Interpretable Audio Model", 2023.
"""

import numpy as np

from engine.dsp.waveforms import bank
from engine.kinds.events import BANDS, GRAIN, GRAIN_HOP, HOP
from engine.preset.preset_file import Preset

FAINTEST = 1e-3  # an event that is weaker sounds as one of this strength, only softer
LEAK = np.float32(0.2)
TINY = np.float32(1e-8)


class Decoder:
    """Events by key and strength → their sounds."""

    def __init__(self, preset: Preset) -> None:
        self.tensors = {
            name: np.asarray(tensor, np.float32)
            for name, tensor in preset.tensors.items()
            if not name.startswith("heard.")
        }
        told = preset.header["decoder"]
        self.rate, self.published = float(preset.header["rate"]), bool(told["published"])
        self.low, self.high = (np.float32(decay) for decay in told["decays"])
        t = self.tensors
        self.keys, self.frames = len(t["embedding"]), len(t["decay_bias"])
        self.samples, self.impulse = HOP * self.frames, len(t["noise"]) - GRAIN
        self.waves = bank(t["frequencies"], tuple(told["shapes"]), self.samples, self.rate, not self.published)
        self.drawing = drawing(BANDS, HOP + 1)

    def sound(self, keys: np.ndarray, strengths: np.ndarray, context: np.ndarray | None = None) -> np.ndarray:
        """keys (n,), strengths (n,) → (n, samples), in the context (M,), or the usual one; dry."""
        t, strengths = self.tensors, np.asarray(strengths, np.float32)
        e = self._embedded(keys, strengths) + (t["context"] if context is None else context)
        e = e.astype(np.float32)
        impulse, resonance = self._impulses(e), self._resonances(e)
        size = 2 * self.samples
        both = np.fft.irfft(np.fft.rfft(impulse, size) * np.fft.rfft(resonance, size), size)[:, : self.samples]
        shares = np.ones((len(e), 3), np.float32) if self.published else _softmax(_linear(t, "mix", e))
        sound = shares[:, 1:2] * both + shares[:, 2:] * resonance
        sound[:, : self.impulse] += shares[:, :1] * impulse
        return np.asarray(sound * (np.abs(_linear(t, "level", e)) * strengths[:, None]), np.float32)

    def _embedded(self, keys: np.ndarray, strengths: np.ndarray) -> np.ndarray:
        t, rows = self.tensors, self.tensors["embedding"][keys]
        if self.published:
            return np.asarray(rows * strengths[:, None] + t["offset"])
        return np.asarray(rows + np.log(np.maximum(strengths, FAINTEST))[:, None] * t["swell"] + t["offset"])

    def _impulses(self, e: np.ndarray) -> np.ndarray:
        """(n, impulse): noise with a spectrum that changes every GRAIN_HOP samples, the lowest bin always full."""
        window = hann(GRAIN)
        heights = _sigmoid(self._upsampled("impulse", e)).transpose(0, 2, 1) ** 2
        heights[..., 0] = 1
        first = np.arange(heights.shape[1])[:, None] * GRAIN_HOP + np.arange(GRAIN)
        shaped = np.fft.irfft(np.fft.rfft(self.tensors["noise"][first] * window) * heights, GRAIN) * window
        sound = _added(shaped)[:, : self.impulse]
        return sound if self.published else _unit(sound)

    def _resonances(self, e: np.ndarray) -> np.ndarray:
        """(n, samples): frames of waves, each scaled to unit energy, that fall and are filtered frame by frame."""
        t = self.tensors
        waves = np.pad(np.maximum(_linear(t, "wave", e), 0) @ self.waves, ((0, 0), (0, 2 * HOP)))
        frames = np.lib.stride_tricks.sliding_window_view(waves, 2 * HOP, axis=1)[:, : self.samples : HOP]
        frames = _unit(frames * hann(2 * HOP))
        fall = np.exp(np.log(self.low + (self.high - self.low) * _sigmoid(_linear(t, "decay", e))).cumsum(axis=-1))
        heights = _sigmoid(self._upsampled("filter", e)).transpose(0, 2, 1) @ self.drawing
        filtered = np.fft.irfft(np.fft.rfft(frames * fall[..., None]) * heights, 2 * HOP)
        return _added(filtered)[:, : self.samples]

    def _upsampled(self, name: str, e: np.ndarray) -> np.ndarray:
        """(n, outputs, frames): a few frames, then twice as many again and again."""
        t = self.tensors
        weights, biases = t[f"{name}_up_weight"], t[f"{name}_up_bias"]
        x = _linear(t, f"{name}_in", e).reshape(len(e), weights.shape[1], -1)
        for weight, bias in zip(weights, biases, strict=True):
            x = _doubled(x, weight, bias)
            x = np.maximum(x, LEAK * x)
        around = np.pad(x, ((0, 0), (0, 0), (1, 1)))
        last, frames = t[f"{name}_out_weight"], x.shape[-1]
        parts = [last[:, :, k] @ around[..., k : k + frames] for k in range(3)]
        return np.asarray(sum(parts[1:], parts[0]) + t[f"{name}_out_bias"][:, None])


def _doubled(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """A transposed convolution of four taps, two for each of twice as many frames: x (n, W, T), weight (W, W', 4)."""
    around = np.pad(x, ((0, 0), (0, 0), (1, 1)))
    before, now, after = around[..., :-2], around[..., 1:-1], around[..., 2:]
    out = np.empty((len(x), weight.shape[1], 2 * x.shape[-1]), np.float32)
    out[..., 0::2] = weight[:, :, 1].T @ now + weight[:, :, 3].T @ before
    out[..., 1::2] = weight[:, :, 2].T @ now + weight[:, :, 0].T @ after
    return out + bias[:, None]


def _linear(tensors: dict[str, np.ndarray], name: str, e: np.ndarray) -> np.ndarray:
    return np.asarray(e @ tensors[f"{name}_weight"].T + tensors[f"{name}_bias"])


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * x), np.float32)


def _softmax(x: np.ndarray) -> np.ndarray:
    raised = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def _unit(x: np.ndarray) -> np.ndarray:
    """Scaled to unit energy along the last axis; silence stays."""
    return np.asarray(x / (np.sqrt((x**2).sum(axis=-1, keepdims=True)) + TINY), np.float32)


def hann(size: int) -> np.ndarray:
    """A window (size,) that adds up to one every half of it."""
    return np.asarray(np.sin(np.pi * np.arange(size) / size) ** 2, np.float32)


def drawing(points: int, bins: int) -> np.ndarray:
    """(points, bins): draws straight lines through points in the middle of their shares, flat at both ends."""
    places = (np.arange(bins) + 0.5) * points / bins - 0.5
    return np.stack([np.interp(places, np.arange(points), row) for row in np.eye(points)]).astype(np.float32)


def _added(frames: np.ndarray) -> np.ndarray:
    """Frames (n, T, size) every half of their size added up: (n, (T + 1) · size / 2)."""
    half = frames.shape[-1] // 2
    out = np.zeros((len(frames), frames.shape[1] + 1, half), np.float32)
    out[:, :-1] += frames[..., :half]
    out[:, 1:] += frames[..., half:]
    return out.reshape(len(frames), -1)
