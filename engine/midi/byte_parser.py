"""Parser of a MIDI byte stream.

mido's tokenizer has no running status, and drops a message that a real-time byte interrupts.
"""

from collections.abc import Iterable, Iterator, Sequence

from engine.events import midi

SYSTEM_DATA_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}  # of the system messages that have any
_REALTIME = 0xF8  # from here on single-byte messages, which may interrupt any other message
_EXCLUSIVE = 0xF0
_MASTER_TUNING_BYTES = 6


class ByteParser:
    """Reads one stream: running status, real-time bytes anywhere; of system exclusive messages only master tuning."""

    def __init__(self) -> None:
        self._status = 0  # 0: data bytes are ignored
        self._data: list[int] = []

    def feed(self, stream: Iterable[int]) -> Iterator[int]:
        """The messages completed by these bytes: status | first << 8 | second << 16."""
        for byte in stream:
            if byte >= _REALTIME:
                yield byte
            elif byte >= 0x80:
                if self._status == _EXCLUSIVE and (tuning := tuning_message(self._data)) is not None:
                    yield tuning
                self._status = byte if byte <= _EXCLUSIVE or byte in SYSTEM_DATA_BYTES else 0
                self._data.clear()
            elif self._status == _EXCLUSIVE:
                if len(self._data) <= _MASTER_TUNING_BYTES:  # a longer one is another
                    self._data.append(byte)
            elif self._status:
                self._data.append(byte)
                if len(self._data) == data_byte_count(self._status):
                    yield midi(self._status, *self._data)
                    self._data.clear()
                    self._status = self._status if self._status < _EXCLUSIVE else 0


def data_byte_count(status: int) -> int:
    """Data bytes that follow a status."""
    if status >= _EXCLUSIVE:
        return SYSTEM_DATA_BYTES.get(status, 0)
    return 1 if 0xC0 <= status < 0xE0 else 2


def tuning_message(exclusive: Sequence[int]) -> int | None:
    """The message of a master tuning, given the bytes between F0 and F7 of a system exclusive message; else None.

    0xF0 | low << 8 | high << 16 | which << 24; which: 3 for fine, 4 for coarse tuning (MIDI 1.0, CA-025).
    """
    if (
        len(exclusive) != _MASTER_TUNING_BYTES
        or exclusive[0] != 0x7F
        or exclusive[2] != 4
        or exclusive[3] not in (3, 4)
    ):
        return None
    return midi(_EXCLUSIVE, exclusive[4] & 0x7F, exclusive[5] & 0x7F) | exclusive[3] << 24
