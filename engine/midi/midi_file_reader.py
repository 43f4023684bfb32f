"""Reader of Standard MIDI Files (RP-001) that takes what is there, as players do.

Chunks are found by their tags, whatever the header announces; of the meta events only tempo and the end of a track
are decoded; running status goes on across meta and system exclusive events; real-time bytes are passed over; a data
byte above 127 counts as 127. Where a track cannot be read on, what came before is kept and a fault says where it is.
"""

import re
from dataclasses import dataclass, field

from engine.events import midi

from .byte_parser import SYSTEM_DATA_BYTES, data_byte_count, tuning_message

MICROSECONDS_OF_A_QUARTER = 500_000  # until the file sets a tempo
_MAX_HEADER_OFFSET = 4096  # bytes of another program's own header before the file
_MAX_DELTA_BYTES = 4
_META, _EXCLUSIVE, _EXCLUSIVE_GOES_ON, _REALTIME = 0xFF, 0xF0, 0xF7, 0xF8
_TEMPO, _END_OF_TRACK = 0x51, 0x2F
_RMID_DATA = re.compile(b"data....MThd", re.DOTALL)  # the chunk of a RIFF RMID file that holds the MIDI file
_OTHER_FORMATS = {
    b"SMF2CLIP": "a clip of MIDI 2.0: export it as a Standard MIDI File",
    b"<?xml": "notation in XML: open it in a notation program and export it as MIDI",
    b"PK\x03\x04": "compressed: unpack it, or export it as MIDI",
    b"\x1f\x8b": "compressed: unpack it first",
    b"XMF_": "MIDI and its sounds in one, XMF: only plain MIDI files can be read",
    b"RIFF": "a recording: learn from it, or transfer it",
    b"fLaC": "a recording: learn from it, or transfer it",
    b"OggS": "a recording: learn from it, or transfer it",
    b"ID3": "a recording: learn from it, or transfer it",
}


class MidiFileError(ValueError):
    """A file without anything to play; the message says why, to follow "not a MIDI file that can be read"."""


@dataclass
class Track:
    """The events of a track, at ticks from its start, in order."""

    messages: list[tuple[int, int]] = field(default_factory=list)  # (tick, status | first << 8 | second << 16)
    tempos: list[tuple[int, int]] = field(default_factory=list)  # (tick, microseconds of a quarter note)
    ticks: int = 0  # its length
    end: int = 0  # the byte of the file behind its last event
    fault: str = ""  # why it ends early, if it does


@dataclass(frozen=True)
class MidiFile:
    """The tracks of a file."""

    kind: int  # 0 or 1: they play together; 2: one after the other
    division: int  # ticks of a quarter note; negative: as the header has it, for film frames
    tracks: list[Track]


def read_midi_file(data: bytes) -> MidiFile:
    """The tracks of the bytes of a Standard MIDI File, alone or in RIFF RMID. Raises MidiFileError."""
    if not data:
        raise MidiFileError("it is empty")
    data = _unwrap_riff(data)
    start = data.find(b"MThd", 0, _MAX_HEADER_OFFSET)
    if start < 0:
        raise MidiFileError(_describe(data))
    if len(data) < start + 14:
        raise MidiFileError("it ends within its header")
    kind, division = (int.from_bytes(data[start + at : start + at + 2], "big", signed=at == 12) for at in (8, 12))
    if division == 0:
        raise MidiFileError("its header says that a quarter note has no ticks")
    if division < 0 and (division & 0xFF == 0 or -(division >> 8) not in (24, 25, 29, 30)):
        raise MidiFileError(f"its header counts in film frames that do not exist ({-(division >> 8)} a second)")
    length = int.from_bytes(data[start + 4 : start + 8], "big")
    tracks = _read_tracks(data, start + 8 + (length if 6 <= length <= len(data) else 6))
    if not tracks:
        raise MidiFileError("it has no tracks")
    return MidiFile(kind, division, tracks)


def _describe(data: bytes) -> str:
    """What a file is that is no MIDI file."""
    for signature, name in _OTHER_FORMATS.items():
        if data.startswith(signature):
            return f"it is {name}"
    return "it does not begin as MIDI files do"


def _unwrap_riff(data: bytes) -> bytes:
    """The MIDI file in a RIFF RMID file; other bytes as they are. Lengths are not trusted."""
    if data[:4] == b"RIFF" and data[8:12] == b"RMID":
        found = _RMID_DATA.search(data)
        at = found.end() - len(b"MThd") if found else data.find(b"MThd")
        return data[at:] if at >= 0 else data
    return data


def _read_tracks(data: bytes, at: int) -> list[Track]:
    """All tracks from a byte on; chunks of other tags are passed over, and lengths that lead nowhere not followed."""
    tracks = []
    while at + 8 <= len(data):
        end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "big")
        is_length_right = _is_chunk_start(data, end)
        if data[at : at + 4] == b"MTrk":
            tracks.append(_read_track(data, at + 8, end if is_length_right else None))
            at = end if is_length_right else _find_track(data, tracks[-1].end)
        else:
            at = end if is_length_right else _find_track(data, at + 1)
    return tracks


def _is_chunk_start(data: bytes, at: int) -> bool:
    """Whether a chunk may start at a byte, or the file ends there: four printable characters."""
    return at == len(data) or (at + 4 <= len(data) and all(0x20 <= byte < 0x7F for byte in data[at : at + 4]))


def _find_track(data: bytes, at: int) -> int:
    """The next byte at which a track starts; the end of the file if there is none."""
    found = data.find(b"MTrk", at)
    return len(data) if found < 0 else found


def _read_track(data: bytes, at: int, end: int | None) -> Track:
    """The events from a byte on; end: behind the track's last byte, None where its length is wrong."""
    track = Track()
    reader = _TrackReader(data, at, end, track)
    try:
        while reader.read_event():
            pass
    except _DamageError as damage:
        track.fault = f"{damage} (byte {reader.at})"
    track.end = reader.at
    return track


class _DamageError(Exception):
    """A track that cannot be read on."""


class _TrackReader:
    """Reads the events of one track."""

    def __init__(self, data: bytes, at: int, end: int | None, track: Track) -> None:
        self.at = at
        self._data = data
        self._is_length_right = end is not None
        self._end = len(data) if end is None else end
        self._track = track
        self._status = 0  # running status; 0: none yet

    def read_event(self) -> bool:
        """Read an event and its time; False where the track ends. Raises _DamageError."""
        if self.at >= self._end and self._is_length_right:
            return False  # only its end is not said
        if not self._is_length_right and self._data[self.at : self.at + 4] == b"MTrk":
            raise _DamageError("the next track begins within it")
        ticks = self._track.ticks + self._read_number()
        status = self._read_byte()
        self._track.ticks = ticks
        if status == _META:
            return self._read_meta(ticks)
        if status in (_EXCLUSIVE, _EXCLUSIVE_GOES_ON):
            self._read_exclusive(status, ticks)
        elif status > _EXCLUSIVE:
            self.at += SYSTEM_DATA_BYTES.get(status, 0)
        elif status >= 0x80:
            self._status = status
            self._read_message(ticks, [])
        elif self._status:
            self._read_message(ticks, [status])
        else:
            raise _DamageError("it begins with what is not a message")
        return True

    def _read_message(self, ticks: int, values: list[int]) -> None:
        """Read the data bytes of a channel message; `values` are already read."""
        while len(values) < data_byte_count(self._status):
            byte = self._read_byte()
            if byte < _REALTIME:
                values.append(min(byte, 127))
        self._track.messages.append((ticks, midi(self._status, *values)))

    def _read_meta(self, ticks: int) -> bool:
        kind, length = self._read_byte(), self._read_number()
        if kind == _END_OF_TRACK:
            return False
        content = self._read_bytes(length)
        if kind == _TEMPO and len(content) >= 3 and any(content[:3]):
            self._track.tempos.append((ticks, int.from_bytes(content[:3], "big")))
        return True

    def _read_exclusive(self, status: int, ticks: int) -> None:
        content = self._read_bytes(self._read_number())
        if status == _EXCLUSIVE and (tuning := tuning_message(content.removesuffix(b"\xf7"))) is not None:
            self._track.messages.append((ticks, tuning))

    def _read_number(self) -> int:
        """A number of variable length."""
        value = 0
        for _ in range(_MAX_DELTA_BYTES):
            byte = self._read_byte()
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value
        raise _DamageError("a time or a length in it is too long")

    def _read_byte(self) -> int:
        if self.at >= self._end:
            raise _DamageError("it ends within an event" if self._is_length_right else "the file ends within it")
        self.at += 1
        return self._data[self.at - 1]

    def _read_bytes(self, count: int) -> bytes:
        if self.at + count > self._end:
            raise _DamageError("an event in it is longer than the rest of it")
        self.at += count
        return self._data[self.at - count : self.at]
