"""Parser of a MIDI byte stream.

mido's tokenizer has no running status, and drops a message that a real-time byte interrupts.
"""

from collections.abc import Iterable, Iterator

from engine.events import midi

_REALTIME = 0xF8  # from here on single-byte messages, which may interrupt any other message
_EXCLUSIVE, _END = 0xF0, 0xF7
_SYSTEM = {0xF1: 1, 0xF2: 2, 0xF3: 1}  # data bytes of the other system messages


class ByteParser:
    """Reads one stream: running status, real-time bytes anywhere, system exclusive ignored."""

    def __init__(self) -> None:
        self._status = 0  # 0: data bytes are ignored
        self._data: list[int] = []

    def feed(self, stream: Iterable[int]) -> Iterator[int]:
        """The messages completed by these bytes: status | first << 8 | second << 16."""
        for byte in stream:
            if byte >= _REALTIME:
                yield byte
            elif byte >= 0x80:
                self._status = byte if byte < _EXCLUSIVE or byte in _SYSTEM else 0
                self._data.clear()
            elif self._status:
                self._data.append(byte)
                if len(self._data) == _length(self._status):
                    yield midi(self._status, *self._data)
                    self._data.clear()
                    self._status = self._status if self._status < _EXCLUSIVE else 0


def _length(status: int) -> int:
    """Data bytes that follow a status."""
    if status >= _EXCLUSIVE:
        return _SYSTEM[status]
    return 1 if 0xC0 <= status < 0xE0 else 2
