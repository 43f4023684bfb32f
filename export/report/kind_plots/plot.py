"""The plot of the partials of an instrument, by the module of its kind, or as dots over frequency and decay time."""

from importlib import import_module
from importlib.util import find_spec

import numpy as np
from matplotlib.axes import Axes

from engine.preset.preset_file import Preset
from export.report.svg_theme import Drawing, draw, frequency_axis, scatter

MIN_HZ, MAX_HZ = 20.0, 20_000.0
MAX_MODES = 1500
"""Modes that are drawn."""
TICK_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


def plot_partials(preset: Preset) -> Drawing | None:
    """Plot by the function `plot` of the module named by the kind; None if there is none, or no partial."""
    kind = preset.header["kind"]
    if find_spec(f"{__package__}.{kind}") is None:
        return None
    drawing: Drawing | None = import_module(f".{kind}", __package__).plot(preset)
    return drawing


def plot_decays(what: str, frequency: np.ndarray, seconds: np.ndarray, strength: np.ndarray) -> Drawing | None:
    """Plot dots over frequencies in Hz (N,) and decay times to −60 dB, sized by strength; what: of the caption."""
    if not len(frequency):
        return None

    def paint(axes: Axes) -> None:
        scatter(axes, frequency, seconds, strength)
        frequency_axis(axes, max(float(frequency.min()) * 0.8, MIN_HZ), min(float(frequency.max()) * 1.25, MAX_HZ))
        low, high = float(seconds.min()) / 1.4, float(seconds.max()) * 1.4
        axes.set(yscale="log", ylim=(low, high), ylabel="seconds until 60 dB lower")
        axes.set_yticks([time for time in TICK_SECONDS if low <= time <= high], minor=False)
        axes.set_yticks([], minor=True)
        axes.yaxis.set_major_formatter("{x:g}")

    description = f"{what}: frequency from left to right, decay time upwards; larger dots are stronger."
    return draw("rings", "Partials", description, paint)


def select_strongest(
    frequency: np.ndarray, seconds: np.ndarray, level: np.ndarray, count: int = MAX_MODES
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The `count` modes with the highest level."""
    strongest = np.argsort(-level)[:count]
    return frequency[strongest], seconds[strongest], level[strongest]
