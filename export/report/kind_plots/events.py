"""Plot the kinds of events of an event instrument."""

import numpy as np

from engine.instruments.events.decoder import EventDecoder
from engine.preset.preset_file import Preset
from export.report.svg_theme import Drawing

from .plot import MIN_HZ, plot_decays

MAX_EVENTS = 96
"""Kinds of events that are drawn."""
BATCH_SIZE = 8


def plot(preset: Preset) -> Drawing | None:
    """Plot the strongest frequency of each kind of event, its decay time, and how often it is used."""
    decoder, use = EventDecoder(preset), preset.tensors["use"].astype(float)
    keys = np.argsort(-use)[:MAX_EVENTS]
    batches = np.array_split(keys, -(-len(keys) // BATCH_SIZE))
    sounds = np.concatenate([decoder.render(batch, preset.tensors["strength"][batch]) for batch in batches])
    sounds = sounds.astype(np.float64)
    power = np.abs(np.fft.rfft(sounds, axis=1)) ** 2
    power[:, : int(MIN_HZ * 2 * sounds.shape[1] / decoder.rate) // 2 + 1] = 0
    frequency = np.maximum(power.argmax(axis=1) * decoder.rate / sounds.shape[1], MIN_HZ)
    energy_left = np.cumsum(sounds[:, ::-1] ** 2, axis=1)[:, ::-1]
    level = 10 * np.log10(energy_left / (energy_left[:, :1] + 1e-30) + 1e-12)
    seconds = (level > -25).sum(axis=1) / decoder.rate * 60 / 25
    return plot_decays(
        f"The {len(keys)} kinds of events that are used most", frequency, np.maximum(seconds, 1e-3), use[keys]
    )
