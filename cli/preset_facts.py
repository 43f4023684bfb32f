"""What a player may want to know of a preset, in words: (name, text) for each fact that it tells."""

from pathlib import Path
from typing import Any

from engine.kinds import kind_of
from engine.preset.preset_file import Preset

_NAMES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
_REMARKS = 3  # of what was found odd while learning


def of(found: Preset, path: Path) -> list[tuple[str, str]]:
    """The facts of a preset that lies at a path; those that are not known are left out."""
    header = found.header
    source, kind = header.get("source", {}), kind_of(header)
    facts = [
        ("Keys", _keys(header.get("keys"))),
        ("Kind", f"{kind.name}: {kind.description}"),
        ("Inside", _inside(found)),
        ("Loudness", _loudness(header)),
        ("Learned from", str(source.get("recording", ""))),
        ("Attribution", str(source.get("attribution", ""))),
        ("Licence", header.get("licence", "")),
        ("Author", header.get("author", "")),
        ("Tags", ", ".join(header.get("tags", []))),
        ("Learned", _learning(header.get("training", {}))),
        ("Remarks", _remarks(header.get("training", {}).get("words"))),
        ("File", f"{path}, {size(path.stat().st_size)}"),
    ]
    return [(name, text) for name, text in facts if text.strip()]


def knobs(found: Preset) -> list[tuple[str, str, str, str, str]]:
    """A row for each knob: name, value, range, controller, what it does; none if it cannot be played."""
    from engine.instruments import make  # brings the compiler, which `show --json` does without

    try:
        params = make(found).params
    except ValueError:
        return []
    return [
        (
            param.name,
            _amount(param.default, param.unit),
            f"{param.low:g} … {param.high:g}",
            "" if param.cc is None else f"CC {param.cc}",
            param.help,
        )
        for param in params
    ]


def note(key: int) -> str:
    """`A♯3` for MIDI key 58."""
    return f"{_NAMES[key % 12]}{key // 12 - 1}"


def size(count: int) -> str:
    """A number of bytes in three digits."""
    return f"{count / 1e6:.2f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def duration(seconds: float) -> str:
    """A time in the units that people would say it in."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _keys(keys: dict[str, int] | None) -> str:
    return f"{note(keys['low'])} to {note(keys['high'])} (MIDI {keys['low']} to {keys['high']})" if keys else ""


def _inside(found: Preset) -> str:
    """How much of what it is made of."""
    rate = f"at {found.header['rate'] / 1000:g} kHz"
    numbers = sum(tensor.size for tensor in found.tensors.values())
    contents = kind_of(found.header).contents
    if contents is None:
        return f"{numbers} numbers, {rate}"
    return f"{', '.join(contents(found.tensors))}; {rate}"


def _loudness(header: dict[str, Any]) -> str:
    """As measured; presets are brought to one level, so that changing them does not startle."""
    told = header.get("loudness", {})
    lufs = told.get("lufs")
    if not isinstance(lufs, int | float):
        return ""
    phrase = f" (notes {told['phrase']})" if isinstance(told.get("phrase"), str) else ""
    return f"{lufs:.1f} LUFS{phrase}"


def _learning(training: dict[str, Any]) -> str:
    """How it was learned: program, steps, time, how far the loss fell, how much it was compressed."""
    parts = []
    if isinstance(training.get("steps"), int):
        notes = training.get("recipe") == "notes"
        parts.append(_many(training["steps"], "note" if notes else "step"))
    if isinstance(training.get("seconds"), int | float):
        parts.append(f"in {duration(training['seconds'])}")
    losses = training.get("losses")
    if isinstance(losses, list) and len(losses) > 1 and all(isinstance(loss, int | float) for loss in losses):
        parts.append(f"loss {losses[0]:.4g} → {losses[-1]:.4g}")
    if isinstance(training.get("compression_ratio"), int | float):
        parts.append(f"{training['compression_ratio']:.2f} numbers per sample of the recording")
    if training.get("version"):
        parts.append(f"by Luthier {training['version']}")
    return ", ".join(parts)


def _remarks(words: Any) -> str:
    """What was found odd in the recordings."""
    if not isinstance(words, list):
        return ""
    more = f" … and {len(words) - _REMARKS} more (--json)" if len(words) > _REMARKS else ""
    return " ".join(str(word) for word in words[:_REMARKS]) + more


def _amount(value: float, unit: str) -> str:
    return f"{value:g} {unit}".strip()


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
