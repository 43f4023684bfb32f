"""Plot the modes of a resonance instrument."""

from engine.dsp.decibels import NEPERS_PER_60_DB
from engine.instruments import make
from engine.preset.preset_file import Preset
from engine.snapshots.modes import learned_modes
from export.report.svg_theme import Drawing

from .plot import plot_decays, select_strongest


def plot(preset: Preset) -> Drawing | None:
    """Plot the strongest modes of all resonances; None if it has none."""
    modes = learned_modes(make(preset))
    frequency, seconds, level = select_strongest(modes.frequency, NEPERS_PER_60_DB / modes.decay, modes.level)
    return plot_decays(f"The {len(frequency)} strongest modes of all resonances", frequency, seconds, level)
