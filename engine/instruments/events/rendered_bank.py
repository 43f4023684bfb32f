"""[main thread] Which learned event each key plays, and all of those rendered, before anything is played.

For a room that stays the same an event depends on its key and strength alone, so it is rendered once for each layer
of velocity and then read like a recording: no key has to wait when it is first asked for.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from engine.dsp.interpolation import TAPS
from engine.preset.preset_file import Preset

from .decoder import Decoder
from .state import LAYERS

MEMORY = 64 << 20  # bytes that rendered events may take, at most
LOWEST = 36  # MIDI key of the first sound without a pitch
SOUNDS = 48  # keys that have such a sound, at most
RARE = 1.0  # semitones that it is worth to play an event that is used ten times as often
TOGETHER = 8  # events that are rendered at once
AUDIBLE = 1e-5  # of the peak: what follows is not heard
LOUD = 0.05  # √s, the root of the energy of an event at full velocity: all are alike
LOUDNESS = 1.4  # amplitude goes with velocity to this power


@dataclass(frozen=True)
class Keyboard:
    """notes, sounds: the learned key (128,) that each MIDI key plays, with and without a pitch; move: its ratio."""

    notes: np.ndarray
    move: np.ndarray
    sounds: np.ndarray


def lay_out(pitch: np.ndarray, use: np.ndarray) -> Keyboard:
    """Notes go to events near in pitch, rather to those that are used; others lie side by side, the most used first.

    pitch: (K,) Hz or 0. use: (K,) how often each is.
    """
    used = use > 0 if (use > 0).any() else np.ones(len(use), bool)
    share = np.where(used, use, 0) / max(use.max(), 1e-9)
    pitched, rest = np.flatnonzero(used & (pitch > 0)), np.flatnonzero(used & (pitch <= 0))
    often = np.argsort(-share, kind="stable")
    rest = rest if len(rest) else often[: used.sum()]
    sounds = rest[np.argsort(-share[rest], kind="stable")][:SOUNDS]
    place = (np.arange(128) - LOWEST) % len(sounds)
    if not len(pitched):
        return Keyboard(sounds[place], np.ones(128, np.float32), sounds[place])
    height = 69 + 12 * np.log2(pitch[pitched] / 440)
    cost = np.abs(np.arange(128)[:, None] - height) - RARE * np.log10(np.maximum(share[pitched], 1e-6))
    best = cost.argmin(axis=1)
    move = 2 ** ((np.arange(128) - height[best]) / 12)
    return Keyboard(pitched[best], move.astype(np.float32), sounds[place])


@dataclass(frozen=True)
class Bank:
    """waves: (slots, samples), silence of TAPS around each; ends: (slots,); slots: (K, layers), −1 where none is."""

    waves: np.ndarray
    ends: np.ndarray
    slots: np.ndarray


def render(preset: Preset, board: Keyboard) -> Bank:
    """All events of a keyboard at each layer, by two workers."""
    decoder = Decoder(preset)
    strength, use = preset.tensors["strength"], preset.tensors["use"]
    wanted = np.unique(np.concatenate([board.notes, board.sounds]))
    most = max(MEMORY // (4 * decoder.samples * len(LAYERS)), 1)
    wanted = wanted[np.argsort(-use[wanted], kind="stable")][:most]
    waves = np.zeros((len(wanted) * len(LAYERS), decoder.samples + 2 * TAPS), np.float32)
    ends = np.zeros(len(waves), np.int32)
    slots = np.full((decoder.keys, len(LAYERS)), -1, np.int32)
    slots[wanted] = np.arange(len(waves)).reshape(-1, len(LAYERS))
    keys = np.repeat(wanted, len(LAYERS))
    velocities = np.tile(np.array(LAYERS), len(wanted))
    strengths = np.maximum(strength[keys], 1e-3) * (velocities / LAYERS[-1]) ** LOUDNESS

    def some(first: int) -> None:
        part = slice(first, first + TOGETHER)
        sound = decoder.sound(keys[part], strengths[part])
        loud = np.sqrt((sound.astype(np.float64) ** 2).sum(axis=1))
        sound *= (LOUD * np.sqrt(decoder.rate) * velocities[part] ** LOUDNESS / (loud + 1e-9))[:, None]
        waves[part, TAPS:-TAPS] = np.where(loud[:, None] > 1e-7, sound, 0)
        heard = np.abs(sound) > AUDIBLE * np.abs(sound).max(axis=1, keepdims=True)
        ends[part] = np.where(heard.any(axis=1), decoder.samples - heard[:, ::-1].argmax(axis=1), 0)

    with (
        threadpool_limits(1, "blas"),
        ThreadPoolExecutor(2, "luthier events") as workers,
    ):  # its threads wait by turning
        list(workers.map(some, range(0, len(waves), TOGETHER)))
    return Bank(waves, ends, slots)
