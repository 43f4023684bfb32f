"""[main thread] Map keys to learned events and render all of those before anything is played.

In a constant room an event depends on its key and strength alone: it is rendered once for each velocity layer, and
the audio thread reads it like a sample.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from engine.dsp.sinc_interpolation import TAPS
from engine.pitch_conversion import pitch_of, ratio_of
from engine.preset.preset_file import Preset

from .decoder import EventDecoder
from .state import LAYERS, VELOCITY_EXPONENT

MAX_BYTES = 64 << 20  # memory of all rendered events
FIRST_UNPITCHED_KEY = 36  # MIDI key of the first event without a pitch
MAX_UNPITCHED = 48  # keys that play such an event; the others repeat them
USE_WEIGHT = 1.0  # semitones of distance that an event used ten times as often makes up for
BATCH_SIZE = 8  # events rendered at once
AUDIBLE = 1e-5  # share of the peak below which the end of an event is cut off
ROOT_ENERGY = 0.05  # √s: root of the energy of every event at full velocity


@dataclass(frozen=True)
class KeyMap:
    """notes, sounds: event (128,) that each MIDI key plays, with and without a pitch; move: pitch ratio of notes."""

    notes: np.ndarray
    move: np.ndarray
    sounds: np.ndarray


def map_keys(pitch: np.ndarray, use: np.ndarray) -> KeyMap:
    """Map notes to events near in pitch and often used; events without a pitch lie side by side, most used first.

    pitch: (K,) Hz or 0. use: (K,) how often each occurs.
    """
    used = use > 0 if (use > 0).any() else np.ones(len(use), bool)
    share = np.where(used, use, 0) / max(use.max(), 1e-9)
    pitched, rest = np.flatnonzero(used & (pitch > 0)), np.flatnonzero(used & (pitch <= 0))
    by_use = np.argsort(-share, kind="stable")
    rest = rest if len(rest) else by_use[: used.sum()]
    sounds = rest[np.argsort(-share[rest], kind="stable")][:MAX_UNPITCHED]
    index = (np.arange(128) - FIRST_UNPITCHED_KEY) % len(sounds)
    if not len(pitched):
        return KeyMap(sounds[index], np.ones(128, np.float32), sounds[index])
    height = pitch_of(pitch[pitched])
    cost = np.abs(np.arange(128)[:, None] - height) - USE_WEIGHT * np.log10(np.maximum(share[pitched], 1e-6))
    best = cost.argmin(axis=1)
    move = ratio_of(np.arange(128) - height[best])
    return KeyMap(pitched[best], move.astype(np.float32), sounds[index])


@dataclass(frozen=True)
class RenderedBank:
    """waves: (slots, samples), padded by TAPS zeros at both ends; ends: (slots,); slots: (K, layers), −1: none."""

    waves: np.ndarray
    ends: np.ndarray
    slots: np.ndarray


def render_bank(preset: Preset, key_map: KeyMap) -> RenderedBank:
    """Render all events of a key map at each velocity layer, with two workers; most used first up to MAX_BYTES."""
    decoder = EventDecoder(preset)
    strength, use = preset.tensors["strength"], preset.tensors["use"]
    wanted = np.unique(np.concatenate([key_map.notes, key_map.sounds]))
    count = max(MAX_BYTES // (4 * decoder.samples * len(LAYERS)), 1)
    wanted = wanted[np.argsort(-use[wanted], kind="stable")][:count]
    waves = np.zeros((len(wanted) * len(LAYERS), decoder.samples + 2 * TAPS), np.float32)
    ends = np.zeros(len(waves), np.int32)
    slots = np.full((decoder.keys, len(LAYERS)), -1, np.int32)
    slots[wanted] = np.arange(len(waves)).reshape(-1, len(LAYERS))
    keys = np.repeat(wanted, len(LAYERS))
    velocities = np.tile(np.array(LAYERS), len(wanted))
    strengths = np.maximum(strength[keys], 1e-3) * (velocities / LAYERS[-1]) ** VELOCITY_EXPONENT

    def render_batch(first: int) -> None:
        part = slice(first, first + BATCH_SIZE)
        sound = decoder.render(keys[part], strengths[part])
        norm = np.sqrt((sound.astype(np.float64) ** 2).sum(axis=1))
        gain = ROOT_ENERGY * np.sqrt(decoder.rate) * velocities[part] ** VELOCITY_EXPONENT / (norm + 1e-9)
        sound *= gain[:, None]
        waves[part, TAPS:-TAPS] = np.where(norm[:, None] > 1e-7, sound, 0)
        audible = np.abs(sound) > AUDIBLE * np.abs(sound).max(axis=1, keepdims=True)
        ends[part] = np.where(audible.any(axis=1), decoder.samples - audible[:, ::-1].argmax(axis=1), 0)

    # one BLAS thread each: waiting BLAS threads spin and would take the time of the other worker
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(2, "luthier events") as workers:
        list(workers.map(render_batch, range(0, len(waves), BATCH_SIZE)))
    return RenderedBank(waves, ends, slots)
