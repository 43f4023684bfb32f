"""Plots of the decay of the learned room, and of the loss over the steps of learning."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from engine.impulse_response import learned_room
from engine.preset.preset_file import Preset

from .svg_theme import ACCENT, Drawing, draw


def plot_room(preset: Preset) -> Drawing | None:
    """Plot the energy decay curve of the learned room; None where there is none."""
    response = learned_room(preset)
    if response is None or not response.samples.any():
        return None
    power = (response.samples.astype(np.float64) ** 2).sum(axis=0)
    level = 10 * np.log10(power[::-1].cumsum()[::-1] / power.sum() + 1e-9)
    time = np.arange(len(level)) / response.rate
    step = max(len(level) // 1500, 1)
    decay_seconds = _reverberation(time, level)

    def paint(axes: Axes) -> None:
        axes.plot(time[::step], level[::step], color=ACCENT, lw=1.8)
        axes.set(xlabel="seconds", ylabel="dB that are left", ylim=(-65, 2), xlim=(0, time[-1]))

    decay_text = f"; it takes {decay_seconds:.1f} s to fall by 60 dB" if decay_seconds else ""
    description = f"Energy decay of the room that was learned with the instrument{decay_text}."
    return draw("room", "Its room", description, paint)


def _reverberation(time: np.ndarray, level: np.ndarray) -> float:
    """Reverberation time in seconds, from −5 to −25 dB; 0 where the decay is not that deep."""
    start, end = np.searchsorted(-level, 5), np.searchsorted(-level, 25)
    if end >= len(time) or end <= start:
        return 0.0
    return float(3 * (time[end] - time[start]))


def plot_loss(training: Mapping[str, Any]) -> Drawing | None:
    """Plot the loss curve; None where none is stored."""
    losses = training.get("losses")
    if not isinstance(losses, list) or len(losses) < 3:
        return None
    step = np.linspace(1, max(int(training.get("steps", len(losses))), len(losses)), len(losses))

    def paint(axes: Axes) -> None:
        axes.plot(step, losses, color=ACCENT, lw=1.8)
        axes.set(xlabel="step", ylabel="loss", xlim=(0, step[-1]))
        axes.set_ylim(bottom=0)

    return draw(
        "loss",
        "How it learned",
        f"The loss while it learned: {_figure(losses[0])} at first, {_figure(losses[-1])} at the end.",
        paint,
    )


def _figure(value: float) -> str:
    """Format a loss value."""
    return f"{value:,.0f}".replace(",", "\u202f") if value >= 1000 else f"{value:.3g}"
