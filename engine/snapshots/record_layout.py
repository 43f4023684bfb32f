"""The layout of an instrument's record, as far as a display reads it where there is no Python: places in bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.instruments import Instrument
from engine.kinds.kind import load_member
from engine.plugin import Plugin

Place = tuple[int, str]  # bytes from the start of a record, and numpy's name of the type


@dataclass(frozen=True)
class VoiceNumbers:
    """float32 numbers of every voice in an array whose address is in the record.

    address: place of the address in the record. stride: bytes from one voice to the next. start: bytes from the start
    of a voice. count: numbers.
    """

    address: int
    stride: int
    start: int
    count: int


@dataclass(frozen=True)
class RecordLayout:
    """What a display reads of a record: its numbers, and of each sounding voice fields and numbers.

    voices: place of the first voice. stride: bytes from one to the next. stage, idle: places in a voice of an i4 that
    is 0 while it is free, and of one that is 1 while it is silent, −1 if there is none. names: of the fields, in
    order; a field of several numbers is there as often.
    """

    voices: int
    stride: int
    count: int
    stage: int
    idle: int
    names: Sequence[str]
    fields: Sequence[Place]
    numbers: Sequence[Place] = ()
    arrays: Sequence[VoiceNumbers] = ()


def record_layout(instrument: Plugin) -> RecordLayout | None:
    """The layout of the record of an instrument; None of a kind that has none."""
    path = instrument.kind.record_layout if isinstance(instrument, Instrument) else ""
    found: RecordLayout | None = load_member(path)(instrument) if path else None
    return found


def voice_layout(
    record: np.dtype, names: Sequence[str], numbers: Sequence[str] = (), arrays: Sequence[VoiceNumbers] = ()
) -> RecordLayout:
    """The layout of a record with a field `voices`. names: of fields of a voice; numbers: of fields of the record."""
    base, shape = find_field(record, "voices")[1].subdtype or (record, (0,))
    idle = find_field(base, "idle")[0] if "idle" in (base.names or ()) else -1
    every = [(name, place) for name in names for place in field_places(base, name)]
    return RecordLayout(
        find_field(record, "voices")[0], base.itemsize, int(shape[0]), find_field(base, "stage")[0], idle,
        [name for name, _ in every], [place for _, place in every],
        [place for name in numbers for place in field_places(record, name)], arrays,
    )  # fmt: skip


def field_places(record: np.dtype, name: str) -> list[Place]:
    """The place of a field, or of each number of a field of several."""
    place, kind = find_field(record, name)
    base, shape = kind.subdtype or (kind, ())
    return [(place + i * base.itemsize, base.str[1:]) for i in range(int(np.prod(shape)))]


def find_field(record: np.dtype, name: str) -> tuple[int, np.dtype]:
    """Place in bytes and type of a field of a record."""
    fields: Mapping[str, Any] = record.fields or {}
    return int(fields[name][1]), fields[name][0]
