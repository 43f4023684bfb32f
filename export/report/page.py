"""The HTML page of a report, a single file without external references."""

from collections.abc import Callable, Sequence
from typing import Any

from engine.kinds import kind_of
from engine.preset.preset_file import Preset
from engine.quantity_format import format_duration, format_size
from export.likeness import judge, read_verdict
from export.package_files import PackageFiles
from export.report.kind_plots import plot_partials

from . import audio_clip, performance_plot, room_loss_plots
from .report_clips import Performance, render_clips
from .svg_theme import Drawing

DEFAULT_OPTIONS = audio_clip.ReportOptions()
_FILES = PackageFiles("export.report")
Fact = tuple[str, str]


def build(
    preset: Preset,
    size: int,
    facts: Sequence[Fact] = (),
    options: audio_clip.ReportOptions = DEFAULT_OPTIONS,
    report: Callable[[str], None] = lambda what: None,
    player: str = "",
) -> str:
    """Build the HTML page of a preset.

    size: bytes of its file. facts: further entries, by name. report: called with each step. player: the text of the
    page that plays it, if any. ValueError when the recording cannot be played.
    """
    report("playing")
    performance = render_clips(preset, options)
    report("drawing")
    kind = kind_of(preset.header)
    return _FILES.template("page.html").render(
        texts=_texts(preset), kind=kind.title, about=kind.summary, facts=facts, figures=_figures(preset, size),
        clips=_clip_values(performance.clips), marks=audio_clip.frequency_marks(),
        points=audio_clip.WAVEFORM_POINTS, verdict=_verdict(preset, performance),
        drawings=_drawings(preset, performance), player=player,
        style=_FILES.text("page.css"), script=_FILES.text("page.js"),
    )  # fmt: skip


def _figures(preset: Preset, size: int) -> list[Fact]:
    """Key figures at the top of the page."""
    numbers = sum(tensor.size for tensor in preset.tensors.values())
    figures = [("in the file", format_size(size))]
    figures.append(("numbers in it", f"{numbers:,}".replace(",", "\u202f")))
    training = preset.header.get("training", {})
    if isinstance(training.get("compression_ratio"), int | float):
        figures.append(("numbers for each sample learned", f"{training['compression_ratio']:.2f}"))
    if isinstance(training.get("seconds"), int | float):
        figures.append(("of learning", format_duration(training["seconds"])))
    figures.append(("sample rate learned", f"{preset.header['rate'] / 1000:g} kHz"))
    return figures


def _texts(preset: Preset) -> dict[str, str]:
    """Texts from the preset's header, empty where missing."""
    header = preset.header
    source, training = (header.get(name, {}) for name in ("source", "training"))
    texts = {name: header.get(name, "") for name in ("name", "description", "licence")}
    return {**texts, "attribution": source.get("attribution", ""), "version": training.get("version", "")}


def _clip_values(clips: Sequence[audio_clip.Clip]) -> list[dict[str, Any]]:
    """Clips as template values; the pictures of those that are compared are as long as the longest of these."""
    longest = max((clip.seconds for clip in clips if clip.is_compared), default=0.0)
    values = []
    for clip in clips:
        axis_seconds = longest if clip.is_compared else clip.seconds
        shown = audio_clip.lengthened(clip.sound, axis_seconds)
        values.append({
            "name": clip.name, "description": clip.description, "seconds": round(clip.seconds, 3),
            "axis_seconds": round(axis_seconds, 3), "sound": audio_clip.encode(clip.sound),
            "outline": audio_clip.outline(shown), "spectrogram": audio_clip.spectrogram(shown),
        })  # fmt: skip
    return values


def _verdict(preset: Preset, performance: Performance) -> str:
    """How near the instrument comes to the recording, or came to that it was learned from; empty if unknown."""
    compared = [clip.sound for clip in performance.clips if clip.is_compared]
    verdict = judge(compared[0], compared[1]) if len(compared) == 2 else read_verdict(preset.header)
    return f"How near it comes: {verdict}." if verdict is not None else ""


def _drawings(preset: Preset, performance: Performance) -> dict[str, Drawing | None]:
    return {
        "played": performance_plot.plot_performance(preset, performance),
        "rings": plot_partials(preset),
        "room": room_loss_plots.plot_room(preset),
        "loss": room_loss_plots.plot_loss(preset.header.get("training", {})),
    }
