"""Frames of an MP3 file: their number by the first one, which tells about the others, and by counting them."""

from dataclasses import dataclass
from pathlib import Path

MIN_FRAMES_IN_ROW = 3  # that make bytes an MP3 file
SEARCH_BYTES = 1 << 16  # for the first frame
_TELLING = (b"Xing", b"Info", b"VBRI")  # in a first frame without sound
_RATES_HZ = (44100, 48000, 32000)
_KBIT_PER_SECOND = {  # by version (1, or 2 and 2.5) and layer
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


@dataclass(frozen=True)
class Mp3Frame:
    """Header of a frame: its layer, its length in bytes, its samples of each channel, and the rate in Hz."""

    layer: int
    length: int
    samples: int
    rate: int


@dataclass(frozen=True)
class Mp3Layout:
    """First byte of the first frame, the frames that are there, and those that the first one tells (None: nothing).

    sound_start: the first byte of the frames with sound. is_even: whether these are of one length. gaps: where bytes
    are no such frames, each with its end. tags_end: where the first frame should be. other_bytes: at the end, of
    frames of another format or rate.
    """

    start: int
    sound_start: int
    counted: int
    stated: int | None
    is_even: bool
    frame: Mp3Frame
    header: bytes
    gaps: tuple[tuple[int, int], ...]
    tags_end: int
    other_bytes: int

    def first_frame(self) -> bytes:
        """A first frame that tells the number of frames that are there; only of layer III."""
        header = bytes((0xFF, self.header[1] | 1, 0x90 | self.header[2] & 0x0D, self.header[3]))
        frame = parse_frame(header)
        assert frame is not None
        is_mpeg1, is_mono = self.header[1] >> 3 & 3 == 3, self.header[3] >> 6 == 3
        side_bytes = {(True, False): 32, (True, True): 17, (False, False): 17, (False, True): 9}[is_mpeg1, is_mono]
        told = header + bytes(side_bytes) + b"Xing" + (1).to_bytes(4, "big") + self.counted.to_bytes(4, "big")
        return told.ljust(frame.length, b"\0")


def parse_frame(header: bytes) -> Mp3Frame | None:
    """The frame that begins with four bytes; None if none can."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, 4 - (header[1] >> 1 & 3)
    kbit, rate = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or layer == 4 or kbit in (0, 15) or rate == 3:
        return None
    hertz = _RATES_HZ[rate] >> {3: 0, 2: 1, 0: 2}[version]
    bits = 1000 * _KBIT_PER_SECOND[1 if version == 3 else 2, layer][kbit - 1]
    padding = header[2] >> 1 & 1
    if layer == 1:
        return Mp3Frame(1, 4 * (12 * bits // hertz + padding), 384, hertz)
    samples = 576 if layer == 3 and version != 3 else 1152
    return Mp3Frame(layer, samples // 8 * bits // hertz + padding, samples, hertz)


def _format(header: bytes) -> tuple[int, int, bool]:
    """What is alike in all frames of one sound: version and layer, sample rate, and whether it is mono."""
    return header[1] & 0xFE, header[2] & 0x0C, header[3] >> 6 == 3


def find_layout(path: Path) -> Mp3Layout | None:
    """The layout of an MP3 file, whatever stands before its first frame; None if it has no frames in a row."""
    data = path.read_bytes()
    tags_end = _end_of_tags(data)
    start = _first_frame(data, tags_end)
    frame = None if start is None else parse_frame(data[start : start + 4])
    if start is None or frame is None:
        return None
    stated = _stated_frames(data[start : start + frame.length])
    sound_start = start + frame.length if stated is not None else start
    walk = _Walk(data, data[start : start + 4])
    walk.run(sound_start)
    is_even = max(walk.lengths, default=0) - min(walk.lengths, default=0) <= 1
    end = next((first for first, end in walk.gaps[-1:] if end == len(data) and _are_frames(data, first)), len(data))
    return Mp3Layout(
        start,
        sound_start,
        walk.count,
        stated,
        is_even,
        frame,
        walk.header,
        tuple(walk.gaps),
        tags_end,
        len(data) - end,
    )


def _end_of_tags(data: bytes) -> int:
    """The byte after the ID3 tags at the beginning, 0 if their lengths lead nowhere."""
    end = 0
    while data[end : end + 3] == b"ID3" and len(data) > end + 10:
        a, b, c, d = data[end + 6 : end + 10]
        end += 10 + ((a & 127) << 21 | (b & 127) << 14 | (c & 127) << 7 | (d & 127))
    return end if end < len(data) else 0


def _first_frame(data: bytes, first: int) -> int | None:
    """The byte from a byte on where frames in a row begin."""
    place = data.find(b"\xff", first)
    while 0 <= place < first + SEARCH_BYTES:
        if _are_frames(data, place):
            return place
        place = data.find(b"\xff", place + 1)
    return None


def _are_frames(data: bytes, place: int) -> bool:
    """Whether frames in a row begin at a byte, of whatever format."""
    found = 0
    while found < MIN_FRAMES_IN_ROW and (frame := parse_frame(data[place : place + 4])):
        place, found = place + frame.length, found + 1
    return found == MIN_FRAMES_IN_ROW or (found > 0 and place == len(data))


def _stated_frames(frame: bytes) -> int | None:
    """The number of frames that a frame without sound tells; None if it tells none."""
    for name in _TELLING:
        place = frame.find(name, 4, 60)
        if place > 0:
            at = place + (14 if name == b"VBRI" else 8)
            has_count = name == b"VBRI" or frame[place + 7] & 1
            return int.from_bytes(frame[at : at + 4], "big") if has_count else 0
    return None


class _Walk:
    """The way from frame to frame; what are no frames of the format of the first one is passed over."""

    def __init__(self, data: bytes, header: bytes) -> None:
        self.header, self.count = header, 0
        self.lengths: set[int] = set()
        self.gaps: list[tuple[int, int]] = []
        self._data = data

    def run(self, start: int) -> None:
        """Go from a byte to the end."""
        while start < len(self._data):
            frame = self._frame(start)
            if frame is None:
                following = self._following(start + 1)
                self.gaps.append((start, following))
                start = following
                continue
            self.count += start + frame.length <= len(self._data)
            self.lengths.add(frame.length)
            start += frame.length

    def _frame(self, start: int) -> Mp3Frame | None:
        """The frame at a byte, None if there is none of the format of the first one."""
        header = self._data[start : start + 4]
        frame = parse_frame(header)
        return frame if frame and _format(header) == _format(self.header) else None

    def _following(self, start: int) -> int:
        """The byte from a byte on where a frame begins and another follows it; the end if there is none."""
        while (start := self._data.find(b"\xff", start)) >= 0:
            frame = self._frame(start)
            if frame and (self._frame(start + frame.length) or start + frame.length == len(self._data)):
                return start
            start += 1
        return len(self._data)
