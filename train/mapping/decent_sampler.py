"""Read a DecentSampler preset: samples with what they inherit from their group."""

import math
import xml.etree.ElementTree as xml
from collections.abc import Mapping as Attributes
from pathlib import Path

from engine.pitch_and_frequency import parse_note

from .region import Mapping, MappingError, Region, find_file, read_text

READ_ATTRIBUTES = (
    "path", "rootNote", "loNote", "hiNote", "loVel", "hiVel", "tuning", "groupTuning", "globalTuning", "volume",
    "pan", "start", "end", "loopEnd", "loopStart", "loopEnabled", "trigger", "seqPosition", "seqMode", "ampVelTrack",
    "enabled",
)  # fmt: skip
"""Attributes that learning needs; others are passed over."""

MAX_NUMBER = 1e12
"""Size of an attribute that is believed."""


def read_decent_sampler(path: Path) -> Mapping:
    """Read a .dspreset file. MappingError if it cannot be read."""
    text = read_text(path)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise MappingError(f"{path.name} declares a document type, which a DecentSampler preset does not have")
    try:
        root = xml.fromstring(text.lstrip())
    except (xml.ParseError, ValueError) as error:
        raise MappingError(f"{path.name} is no DecentSampler preset: {error}") from None
    mapping = Mapping(path)
    for groups in root.iter("groups"):
        for group in groups.iter("group"):
            for sample in group.iter("sample"):
                try:
                    _add(mapping, [groups.attrib, group.attrib, sample.attrib])
                except _NumberError as error:
                    mapping.left_out[str(error)] += 1
    return mapping


def _add(mapping: Mapping, levels: list[dict[str, str]]) -> None:
    """Add the region of a sample, given its attributes after those of what holds it."""
    attributes = {name: value for level in levels for name, value in level.items()}
    name = attributes.get("path", "")
    mapping.passed_over.update(name for name in levels[-1] if name not in READ_ATTRIBUTES)
    if attributes.get("enabled", "1").lower() in ("0", "false"):
        mapping.left_out["they are switched off"] += 1
        return
    if any(name.startswith(("onLoCC", "onHiCC")) for name in attributes):
        mapping.left_out["they sound only with a pedal or another controller"] += 1
        return
    if attributes.get("trigger", "") == "legato":
        mapping.left_out["they sound only while another key is held"] += 1
        return
    file = find_file(mapping.path.parent, name) if name else None
    if file is None:
        mapping.add_missing(name)
        return
    semitones = sum(_number(attributes, key, 0.0) for key in ("tuning", "groupTuning", "globalTuning"))
    centre = _key(attributes, "rootNote", math.nan)
    last = _number(attributes, "end", 0)
    if attributes.get("loopEnabled", "").lower() in ("1", "true"):
        last = _number(attributes, "loopEnd", last)
    mapping.add(
        Region(
            path=file,
            low_key=max(round(_key(attributes, "loNote", 0)), 0),
            high_key=min(round(_key(attributes, "hiNote", 127)), 127),
            centre=None if math.isnan(centre) else round(centre) - round(semitones),
            low_velocity=round(_number(attributes, "loVel", 0)),
            high_velocity=round(_number(attributes, "hiVel", 127)),
            cents=100 * (semitones - round(semitones)),
            decibels=sum(_decibels(level.get("volume", "")) for level in levels),
            pan=min(max(_number(attributes, "pan", 0.0) / 100, -1.0), 1.0),
            first=max(round(_number(attributes, "start", 0)), 0),
            last=round(last) if last > 0 else None,
            take=round(_number(attributes, "seqPosition", 1)),
            is_release=attributes.get("trigger", "") == "release",
            velocity_tracking=min(max(_number(attributes, "ampVelTrack", 1.0), 0.0), 1.0),
        )
    )


class _NumberError(ValueError):
    """An attribute that is no number."""


def _number(attributes: Attributes[str, str], name: str, default: float) -> float:
    """The number that an attribute gives."""
    text = attributes.get(name, "").strip()
    try:
        value = float(text) if text else default
    except ValueError:
        raise _NumberError(f"{name}={text!r} is no number") from None
    return value if math.isfinite(value) and abs(value) < MAX_NUMBER else default


def _key(attributes: Attributes[str, str], name: str, default: float) -> float:
    """The MIDI key that an attribute gives, as a number or as a note."""
    try:
        return parse_note(attributes.get(name, ""))
    except ValueError:
        return _number(attributes, name, default)


def _decibels(volume: str) -> float:
    """Level of a volume, such as `-3dB`, or a gain such as `0.7`."""
    text = volume.strip().lower()
    try:
        if text.endswith("db"):
            return float(text[:-2])
        return 20 * math.log10(max(float(text), 1e-4)) if text else 0.0
    except ValueError:
        return 0.0
