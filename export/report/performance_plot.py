"""Plot of the performance in a report: a score of events, a control signal, notes, or pitch and loudness."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from engine.instruments.events.event_score import EventScore, score_pitches
from engine.preset.control_performance import ControlSignal, control_signal, has_performance
from engine.preset.preset_file import Preset
from export.likeness.resynthesis import HOP_SECONDS

from .report_clips import Performance
from .svg_theme import ACCENT, SECOND, Drawing, draw, scatter

UNPITCHED_HZ = 36.0  # where events without a pitch are drawn
PITCH_TICKS_HZ = (50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000)


def plot_performance(preset: Preset, performance: Performance) -> Drawing:
    """Plot the control signal, the events, the curves or the notes that play the instrument."""
    if has_performance(preset.tensors):
        return _control(control_signal(preset.header, preset.tensors))
    if performance.score is not None:
        return _score(performance.score, score_pitches(preset, performance.score))
    if performance.curves is not None:
        return _curves(performance)
    times, keys = (np.array([getattr(note, name) for note in performance.notes], float) for name in ("start", "key"))
    durations = np.array([note.end for note in performance.notes]) - times
    description = f"{len(times)} notes of the prelude: when each begins, how long it is held, and its key."

    def paint(axes: Axes) -> None:
        axes.barh(keys, durations, left=times, height=0.8, color=ACCENT, alpha=0.8)
        axes.set(xlabel="seconds", ylabel="key")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))

    return draw("played", "What plays it", description, paint)


def _score(score: EventScore, hertz: np.ndarray) -> Drawing:
    """Plot events over time and their pitches (n,) in Hz, unpitched ones at the bottom."""
    times = np.array([event.time for event in score.events])
    strength = np.array([event.strength for event in score.events])
    shown_hertz = np.where(hertz > 0, np.clip(hertz, PITCH_TICKS_HZ[0], PITCH_TICKS_HZ[-1]), UNPITCHED_HZ)
    description = (
        f"{len(times)} events: time, the pitch of each, and by the size of its dot how strong it is; "
        f"the {int((hertz <= 0).sum())} that have no pitch lie at the bottom."
    )

    def paint(axes: Axes) -> None:
        scatter(axes, times, shown_hertz, strength, 60)
        axes.set(
            xlabel="seconds", ylabel="pitch, Hz", yscale="log", ylim=(UNPITCHED_HZ * 0.85, PITCH_TICKS_HZ[-1] * 1.2)
        )
        axes.set_yticks([UNPITCHED_HZ, *PITCH_TICKS_HZ], ["none", *map(str, PITCH_TICKS_HZ)])
        axes.set_yticks([], minor=True)

    return draw("played", "What plays it", description, paint)


def _control(signal: ControlSignal) -> Drawing:
    """Plot the sites of a learned control signal."""
    count, positions = len(signal.seconds), signal.dimensions * signal.frames
    description = (
        f"The learned control signal: {count} strokes on {signal.dimensions} dimensions, "
        f"{100 * count / positions:.2g} % of all the places where one could be; larger dots are stronger."
    )
    strength = np.abs(signal.value)

    def paint(axes: Axes) -> None:
        scatter(axes, signal.seconds, signal.dimension, strength, 60)
        axes.set(xlabel="seconds", ylabel="dimension")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))

    return draw("played", "What plays it", description, paint)


def _curves(performance: Performance) -> Drawing:
    """Plot the pitch and loudness that were tracked in a recording."""
    assert performance.curves is not None
    pitch, loudness = performance.curves.pitch.astype(float), performance.curves.loudness
    time = np.arange(len(pitch)) * HOP_SECONDS
    shown = np.where(performance.curves.voiced > 0, pitch, np.nan)

    def paint(axes: Axes) -> None:
        axes.plot(time, shown, color=ACCENT, lw=1.6)
        axes.set(xlabel="seconds", ylabel="pitch, Hz", yscale="log", xlim=(0, time[-1]))
        axes.set_yticks(PITCH_TICKS_HZ, [str(hertz) for hertz in PITCH_TICKS_HZ])
        axes.set_yticks([], minor=True)
        low, high = np.nanmin(shown), np.nanmax(shown)
        ratio = max(1.1, np.sqrt(2 * low / high))  # at least an octave is shown
        axes.set_ylim(low / ratio, high * ratio)
        other = axes.twinx()
        other.plot(time, loudness, color=SECOND, lw=1.0, alpha=0.8)
        other.set(ylabel="loudness, dB", ylim=(-70, max(0.0, float(loudness.max()) + 3)))
        other.grid(False)

    return draw(
        "played",
        "What plays it",
        "Pitch (strong line) and loudness of the recording, as the instrument receives them.",
        paint,
    )
