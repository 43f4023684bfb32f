"""Facts about a preset, and the parameters of an instrument, as texts."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.kinds import kind_of
from engine.pitch_and_frequency import note_name
from engine.preset.preset_file import Preset
from engine.preset.redistribution import redistribution_of
from engine.quantity_format import format_duration, format_size
from export.likeness import read_verdict

from .printable_text import make_printable

if TYPE_CHECKING:
    from engine.plugin import Param

MAX_REMARKS = 3  # of those made while learning
MAX_WORDS = 12  # of the values of a parameter


_REDISTRIBUTION = {"free": "", "model-only": "the instrument, not the recordings", "no": "no"}


def of(preset: Preset, path: Path) -> list[tuple[str, str]]:
    """(name, text) of each fact about a preset at a path; what is not known is left out."""
    header = preset.header
    source, kind = header.get("source", {}), kind_of(header)
    facts = [
        ("Keys", _keys(header.get("keys"))),
        ("Kind", f"{kind.name}: {kind.description}"),
        ("Inside", _contents(preset)),
        ("Loudness", _loudness(header)),
        ("Learned from", str(source.get("recording", ""))),
        ("Attribution", str(source.get("attribution", ""))),
        ("Licence", header.get("licence", "")),
        ("May be passed on", _REDISTRIBUTION[redistribution_of(header)]),
        ("Author", header.get("author", "")),
        ("Tags", ", ".join(header.get("tags", []))),
        ("Learned", _learning(header.get("training", {}))),
        ("Compared", _likeness(header)),
        ("Remarks", _remarks(header.get("training", {}).get("words"))),
        ("File", f"{path}, {format_size(path.stat().st_size)}"),
    ]
    return [(name, text) for name, text in facts if text.strip()]


def parameters(preset: Preset) -> list[tuple[str, str, str, str, str]]:
    """Name, value, range, controller and help of each parameter; none if the instrument cannot be played."""
    from engine.instruments import make  # loads the compiler, which `show --json` does without

    try:
        return rows(make(preset).params)
    except ValueError:
        return []


def rows(params: "Iterable[Param]") -> list[tuple[str, str, str, str, str]]:
    """Name, value, range, controller and help of each parameter."""
    return [
        (
            param.name,
            names[round(param.default - param.low)] if names else _amount(param.default, param.unit),
            f"{names[0]} … {names[-1]}" if names else f"{param.low:g} … {param.high:g}",
            "" if param.cc is None else f"CC {param.cc}",
            param.help,
        )
        for param in params
        for names in [param.value_names]
    ]


def plugin_rows(params: "Iterable[Param]") -> list[tuple[str, str, str, str, str]]:
    """The same of a foreign plugin: with its group and its words in place of a controller and of help."""
    shown = [
        replace(param, name=make_printable(param.name), unit=make_printable(param.unit), words=()) for param in params
    ]
    return [
        (*row[:3], make_printable(param.group), make_printable(_words(param)))
        for row, param in zip(rows(shown), params, strict=True)
    ]


def _words(param: "Param") -> str:
    """The words of the values of a parameter, the first ones if there are many."""
    words = [f"{value:g} {word}" for value, word in param.words]
    return ", ".join(words[:MAX_WORDS]) + (", …" if len(words) > MAX_WORDS else "")


def _keys(keys: dict[str, int] | None) -> str:
    if not keys:
        return ""
    low, high = keys["low"], keys["high"]
    return f"{note_name(low)} to {note_name(high)} (MIDI {low} to {high})"


def _contents(preset: Preset) -> str:
    """The number of modes, dynamics and so on, and the sample rate."""
    rate = f"at {preset.header['rate'] / 1000:g} kHz"
    numbers = sum(tensor.size for tensor in preset.tensors.values())
    contents = kind_of(preset.header).contents
    if contents is None:
        return f"{numbers} numbers, {rate}"
    return f"{', '.join(contents(preset.tensors))}; {rate}"


def _loudness(header: dict[str, Any]) -> str:
    """The loudness as measured when the preset was made."""
    loudness = header.get("loudness", {})
    lufs = loudness.get("lufs")
    if not isinstance(lufs, int | float):
        return ""
    phrase = f" (notes {loudness['phrase']})" if isinstance(loudness.get("phrase"), str) else ""
    return f"{lufs:.1f} LUFS{phrase}"


def _learning(training: dict[str, Any]) -> str:
    """How it was learned: steps, time, loss, compression ratio and program."""
    parts = []
    if isinstance(training.get("steps"), int):
        notes = training.get("recipe") == "notes"
        parts.append(_many(training["steps"], "note" if notes else "step"))
    if isinstance(training.get("seconds"), int | float):
        parts.append(f"in {format_duration(training['seconds'])}")
    losses = training.get("losses")
    if isinstance(losses, list) and len(losses) > 1 and all(isinstance(loss, int | float) for loss in losses):
        parts.append(f"loss {losses[0]:.4g} → {losses[-1]:.4g}")
    if isinstance(training.get("compression_ratio"), int | float):
        parts.append(f"{training['compression_ratio']:.2f} numbers per sample of the recording")
    if training.get("version"):
        parts.append(f"by Luthier {training['version']}")
    return ", ".join(parts)


def _likeness(header: dict[str, Any]) -> str:
    """How near it comes to its recording, as judged after learning."""
    verdict = read_verdict(header)
    return str(verdict) if verdict is not None else ""


def _remarks(words: Any) -> str:
    """The first remarks on the recordings."""
    if not isinstance(words, list):
        return ""
    more = f" … and {len(words) - MAX_REMARKS} more (--json)" if len(words) > MAX_REMARKS else ""
    return " ".join(str(word) for word in words[:MAX_REMARKS]) + more


def _amount(value: float, unit: str) -> str:
    return f"{value:g} {unit}".strip()


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
