"""The pictures of the page: what played, the room, and how the loss fell."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from engine.impulse_response import of_preset
from engine.instruments.events.event_score import EventScore
from engine.preset.preset_file import Preset

from .audio_clip import HOP
from .audio_clips import Performance
from .svg import ACCENT, SECOND, Drawing, draw, scatter

UNPITCHED = 36.0  # Hz, where events without a pitch are drawn
PITCHES = (50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000)  # Hz that are named


def plot_performance(preset: Preset, heard: Performance) -> Drawing:
    """The control signal, the events, the curves or the notes that play the instrument."""
    if len(preset.tensors.get("control_sites", ())):
        return _control(preset.header["control"], preset)
    if heard.score is not None:
        return _score(heard.score, preset.tensors["pitch"].astype(float))
    if heard.curves is not None:
        return _curves(heard)
    times, which = (np.array([getattr(note, name) for note in heard.notes], float) for name in ("begin", "key"))
    lasts = np.array([note.end for note in heard.notes]) - times
    words = f"{len(times)} notes of the prelude: when each begins, how long it is held, and its key."

    def paint(axes: Axes) -> None:
        axes.barh(which, lasts, left=times, height=0.8, color=ACCENT, alpha=0.8)
        axes.set(xlabel="seconds", ylabel="key")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))

    return draw("played", words, paint)


def _score(score: EventScore, pitch: np.ndarray) -> Drawing:
    """Events over time and pitch (K,) in Hz of their kinds, those without one below."""
    times = np.array([event.time for event in score.events])
    hertz = pitch[[event.key for event in score.events]]
    strength = np.array([event.strength for event in score.events])
    row = np.where(hertz > 0, np.clip(hertz, PITCHES[0], PITCHES[-1]), UNPITCHED)
    words = (
        f"{len(times)} events: time, the pitch of each, and by the size of its dot how strong it is; "
        f"the {int((hertz <= 0).sum())} that have no pitch lie at the bottom."
    )

    def paint(axes: Axes) -> None:
        scatter(axes, times, row, strength, 60)
        axes.set(xlabel="seconds", ylabel="pitch, Hz", yscale="log", ylim=(UNPITCHED * 0.85, PITCHES[-1] * 1.2))
        axes.set_yticks([UNPITCHED, *PITCHES], ["none", *map(str, PITCHES)])
        axes.set_yticks([], minor=True)

    return draw("played", words, paint)


def _control(plane: Mapping[str, Any], preset: Preset) -> Drawing:
    sites, values = preset.tensors["control_sites"], preset.tensors["control_values"]
    seconds = sites[:, 1] * plane["hop"] / preset.header["rate"]
    whole = plane["dimensions"] * plane["frames"]
    words = (
        f"The learned control signal: {len(sites)} strokes on {plane['dimensions']} dimensions, "
        f"{100 * len(sites) / whole:.2g} % of all the places where one could be; larger dots are stronger."
    )
    strength = np.abs(values).astype(float)

    def paint(axes: Axes) -> None:
        scatter(axes, seconds, sites[:, 0], strength, 60)
        axes.set(xlabel="seconds", ylabel="dimension")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))

    return draw("played", words, paint)


def _curves(heard: Performance) -> Drawing:
    assert heard.curves is not None
    pitch, loudness = heard.curves.pitch.astype(float), heard.curves.loudness
    time = np.arange(len(pitch)) * HOP
    shown = np.where(heard.curves.voiced > 0, pitch, np.nan)

    def paint(axes: Axes) -> None:
        axes.plot(time, shown, color=ACCENT, lw=1.6)
        axes.set(xlabel="seconds", ylabel="pitch, Hz", yscale="log", xlim=(0, time[-1]))
        axes.set_yticks(PITCHES, [str(hertz) for hertz in PITCHES])
        axes.set_yticks([], minor=True)
        low, high = np.nanmin(shown), np.nanmax(shown)
        wide = max(1.1, np.sqrt(2 * low / high))  # an octave at least is seen
        axes.set_ylim(low / wide, high * wide)
        other = axes.twinx()
        other.plot(time, loudness, color=SECOND, lw=1.0, alpha=0.8)
        other.set(ylabel="loudness, dB", ylim=(-70, max(0.0, float(loudness.max()) + 3)))
        other.grid(False)

    return draw(
        "played", "What the instrument hears of the recording: its pitch (strong line) and its loudness.", paint
    )


def plot_room(preset: Preset) -> Drawing | None:
    """How a clap dies away in the room that was learned; None where there is none."""
    found = of_preset(preset)
    if found is None or not found.samples.any():
        return None
    power = (found.samples.astype(np.float64) ** 2).sum(axis=0)
    left = 10 * np.log10(power[::-1].cumsum()[::-1] / power.sum() + 1e-9)
    time = np.arange(len(left)) / found.rate
    step = max(len(left) // 1500, 1)
    fall = _reverberation(time, left)

    def paint(axes: Axes) -> None:
        axes.plot(time[::step], left[::step], color=ACCENT, lw=1.8)
        axes.set(xlabel="seconds", ylabel="dB that are left", ylim=(-65, 2), xlim=(0, time[-1]))

    told = f", which would take {fall:.1f} s to fall by 60 dB" if fall else ""
    words = f"How a clap dies away in the room that was learned with the instrument{told}."
    return draw("room", words, paint)


def _reverberation(time: np.ndarray, left: np.ndarray) -> float:
    """Seconds in which a room falls by 60 dB, from −5 to −25 dB; 0 where it does not fall so far."""
    begin, end = np.searchsorted(-left, 5), np.searchsorted(-left, 25)
    if end >= len(time) or end <= begin:
        return 0.0
    return float(3 * (time[end] - time[begin]))


def plot_loss(training: Mapping[str, Any]) -> Drawing | None:
    """How the loss fell; None where none was kept."""
    losses = training.get("losses")
    if not isinstance(losses, list) or len(losses) < 3:
        return None
    step = np.linspace(1, max(int(training.get("steps", len(losses))), len(losses)), len(losses))

    def paint(axes: Axes) -> None:
        axes.plot(step, losses, color=ACCENT, lw=1.8)
        axes.set(xlabel="step", ylabel="loss", xlim=(0, step[-1]))
        axes.set_ylim(bottom=0)

    return draw(
        "loss", f"The loss while it learned: {_figure(losses[0])} at first, {_figure(losses[-1])} at the end.", paint
    )


def _figure(value: float) -> str:
    return f"{value:,.0f}".replace(",", "\u202f") if value >= 1000 else f"{value:.3g}"
