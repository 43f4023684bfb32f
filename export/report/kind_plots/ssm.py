"""Plot the modes of the linear part of a state-space network."""

import numpy as np

from engine.dsp.decibels import NEPERS_PER_60_DB
from engine.preset.preset_file import Preset
from export.report.svg_theme import Drawing
from export.ssm_poles import find_poles

from .plot import MIN_HZ, plot_decays, select_strongest

MIN_ENERGY_RATIO = 1e-4
"""Energy relative to the strongest mode below which a mode is not drawn."""


def plot(preset: Preset) -> Drawing | None:
    """Plot the modes of the linear part that are excited most by the dimensions; None if there are none."""
    t, rate = preset.tensors, float(preset.header["rate"])
    input_matrix = (t["input"] * t["energy"]).astype(np.float64)[:, t["energy"] > 0]
    pole, residue = find_poles(t["recurrence"].astype(np.float64), t["output"].astype(np.float64), input_matrix)
    level = np.abs(residue).max(axis=0)
    energy = level**2 / (1 - np.abs(pole) ** 2)
    frequency, seconds = np.angle(pole) * rate / (2 * np.pi), NEPERS_PER_60_DB / (-np.log(np.abs(pole)) * rate)
    is_audible = (frequency > MIN_HZ) & (energy > MIN_ENERGY_RATIO * energy.max())
    modes = select_strongest(frequency[is_audible], seconds[is_audible], np.sqrt(energy[is_audible]))
    return plot_decays(f"The {len(modes[0])} strongest modes of the network, linearized as for soft notes", *modes)
