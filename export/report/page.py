"""The page itself: everything that was heard and drawn, in one file of HTML that needs nothing else."""

from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any

import jinja2

from engine.preset.preset_file import Preset

from . import audio_clip, plots
from .audio_clips import Performance, render_clips
from .partials_plot import plot_partials
from .svg import Drawing

KINDS = {
    "resonance": ("Resonances", "What rings in the recording, and what strikes it."),
    "ssm": ("State-space network", "A small network that rings by itself, and the sparse signal that plays it."),
    "ddsp": ("Harmonics and noise", "A network that says how strong each harmonic is at a pitch and a loudness."),
    "events": ("Events", "Many kinds of small sounds, of which whole recordings are put together."),
}
RINGING = {"ddsp": "Its harmonics"}  # a title, where it is not the usual one
USUAL = audio_clip.ReportOptions()
Fact = tuple[str, str]


def build(
    preset: Preset,
    size: int,
    facts: Sequence[Fact] = (),
    wanted: audio_clip.ReportOptions = USUAL,
    report: Callable[[str], None] = lambda what: None,
) -> str:
    """A page about a preset, as HTML.

    size: bytes of its file. facts: more that is told, by name. report: is told what is being made. ValueError when
    the recording cannot be played.
    """
    report("playing")
    found = render_clips(preset, wanted)
    report("drawing")
    kind, about = KINDS[preset.header["kind"]]
    ringing = RINGING.get(preset.header["kind"], "What rings")
    return _environment().get_template("page.html").render(
        said=_said(preset), kind=kind, about=about, ringing=ringing, facts=facts, figures=_figures(preset, size),
        tracks=[_shown(one) for one in found.tracks], marks=audio_clip.frequency_marks(), points=audio_clip.POINTS,
        drawings=_drawings(preset, found), style=_text("page.css"), script=_text("page.js"),
    )  # fmt: skip


def _figures(preset: Preset, size: int) -> list[Fact]:
    """What stands in large figures at the top."""
    numbers = sum(tensor.size for tensor in preset.tensors.values())
    figures = [("in the file", f"{size / 1e6:.2f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB")]
    figures.append(("numbers in it", f"{numbers:,}".replace(",", "\u202f")))
    training = preset.header.get("training", {})
    if isinstance(training.get("compression_ratio"), int | float):
        figures.append(("numbers for each sample learned", f"{training['compression_ratio']:.2f}"))
    if isinstance(training.get("seconds"), int | float):
        figures.append(("of learning", _duration(training["seconds"])))
    figures.append(("sample rate learned", f"{preset.header['rate'] / 1000:g} kHz"))
    return figures


def _said(preset: Preset) -> dict[str, str]:
    """The words of a preset, where it has any."""
    header = preset.header
    source, training = (header.get(name, {}) for name in ("source", "training"))
    told = {name: header.get(name, "") for name in ("name", "description", "licence")}
    return {**told, "attribution": source.get("attribution", ""), "version": training.get("version", "")}


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _shown(one: audio_clip.Clip) -> dict[str, Any]:
    """A track as the page needs it."""
    return {
        "name": one.name, "words": one.words, "seconds": round(one.seconds, 3),
        "sound": audio_clip.encode(one.sound),
        "outline": audio_clip.outline(one.sound), "spectrogram": audio_clip.spectrogram(one.sound),
    }  # fmt: skip


def _drawings(preset: Preset, found: Performance) -> dict[str, Drawing | None]:
    return {
        "played": plots.plot_performance(preset, found),
        "rings": plot_partials(preset),
        "room": plots.plot_room(preset),
        "loss": plots.plot_loss(preset.header.get("training", {})),
    }


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_text), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def _text(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
