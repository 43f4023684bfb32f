"""[main thread] Render the events of all keys before anything is played.

In a constant room an event depends on its key and strength alone: it is rendered once for each velocity layer, and
the audio thread reads it like a sample.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from engine.dsp.sinc_interpolation import TAPS
from engine.preset.preset_file import Preset

from .decoder import EventDecoder
from .key_map import KeyMap
from .state import LAYERS, VELOCITY_EXPONENT

MAX_BYTES = 32 << 20  # memory of all rendered events
BATCH_SIZE = 8  # events rendered at once
MIN_AUDIBLE_SHARE = 1e-5  # share of the peak below which the end of an event is cut off
MAX_INT16 = 32767
ROOT_ENERGY = 0.05  # √s: root of the energy of every event at full velocity


@dataclass(frozen=True)
class RenderedBank:
    """waves: (slots, samples), padded by TAPS zeros at both ends, times scales: (slots,); ends: (slots,).

    slots: (K, layers), −1: none. A wave in int16 takes the whole range, so its noise is 98 dB below its peak.
    """

    waves: np.ndarray
    scales: np.ndarray
    ends: np.ndarray
    slots: np.ndarray


def render_bank(preset: Preset, key_map: KeyMap) -> RenderedBank:
    """Render all events of a key map at each velocity layer, with two workers; most used first up to MAX_BYTES."""
    decoder = EventDecoder(preset)
    strength, use = preset.tensors["strength"], preset.tensors["use"]
    selected = np.unique(np.concatenate([key_map.notes, key_map.sounds]))
    count = max(MAX_BYTES // (2 * decoder.samples * len(LAYERS)), 1)
    selected = selected[np.argsort(-use[selected], kind="stable")][:count]
    waves = np.zeros((len(selected) * len(LAYERS), decoder.samples + 2 * TAPS), np.int16)
    scales = np.ones(len(waves), np.float32)
    ends = np.zeros(len(waves), np.int32)
    slots = np.full((decoder.keys, len(LAYERS)), -1, np.int32)
    slots[selected] = np.arange(len(waves)).reshape(-1, len(LAYERS))
    keys = np.repeat(selected, len(LAYERS))
    velocities = np.tile(np.array(LAYERS), len(selected))
    strengths = np.maximum(strength[keys], 1e-3) * (velocities / LAYERS[-1]) ** VELOCITY_EXPONENT

    def render_batch(first: int) -> None:
        part = slice(first, first + BATCH_SIZE)
        sound = decoder.render(keys[part], strengths[part])
        norm = np.sqrt((sound.astype(np.float64) ** 2).sum(axis=1))
        gain = ROOT_ENERGY * np.sqrt(decoder.rate) * velocities[part] ** VELOCITY_EXPONENT / (norm + 1e-9)
        sound *= gain[:, None]
        sound = np.where(norm[:, None] > 1e-7, sound, 0)
        scales[part] = np.maximum(np.abs(sound).max(axis=1), 1e-30) / MAX_INT16
        waves[part, TAPS:-TAPS] = np.rint(sound / scales[part, None])
        audible = np.abs(sound) > MIN_AUDIBLE_SHARE * np.abs(sound).max(axis=1, keepdims=True)
        ends[part] = np.where(audible.any(axis=1), decoder.samples - audible[:, ::-1].argmax(axis=1), 0)

    # one BLAS thread each: waiting BLAS threads spin and would take the time of the other worker
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(2, "luthier events") as workers:
        list(workers.map(render_batch, range(0, len(waves), BATCH_SIZE)))
    return RenderedBank(waves, scales, ends, slots)
