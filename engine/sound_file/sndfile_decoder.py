"""Decoder of sound files by libsndfile, in blocks to the true end."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from .source import OTHER_RATE, Source, differ, difference, find_source
from .standard_streams import quiet_errors, quiet_output

MIN_RATE, MAX_RATE = 100, 768_000  # Hz, of a sound file
BLOCK_SAMPLES = 1 << 18  # of all channels, read at once
BLOCK_FRAMES = 1 << 12  # the same, where they are passed over
MPEG_LEAD_SECONDS = 0.5  # read before the part to take: a frame needs those before it
SMALL_BLOCK_FRAMES = 576  # read at once from a damaged file: so much is lost before the damage
UNKNOWN_FRAMES = 1 << 62  # and more: the length is not known
MAX_CHANNELS = 64
PLAIN_REASONS = {
    "Format not recognised": "it is of no format that is known",
    "Internal error : SF_INFO struct incomplete": "the rate in its header is no rate: set it right in a sound editor",
    "Supported file format but file is malformed": "it is damaged, or cut off before its sound",
}
"""What libsndfile says, and what it means to who recorded the file."""


class RecordingError(ValueError):
    """A file that cannot be used; the text is one line for the user."""


@dataclass(frozen=True)
class Decoded:
    """Samples (T, C), their rate in Hz, and notices."""

    samples: np.ndarray
    rate: int
    notices: tuple[str, ...] = ()


class UnknownFormatError(Exception):
    """libsndfile cannot open a file; the text says why."""


def decode(path: Path, start: float, seconds: float | None) -> Decoded:
    """Decode a part of a file, or what comes before damage. RecordingError, UnknownFormatError, OSError."""
    source = find_source(path)
    return _decode_links(source.links, start, seconds) if source.links else _decode_source(source, start, seconds)


class _Stream(Protocol):
    """What is used of `soundfile.SoundFile`."""

    frames: int
    channels: int
    samplerate: int

    def can_seek(self) -> bool:
        """Whether `seek` can work."""

    def seek(self, frames: int) -> int:
        """Go to a frame."""

    def read(self, *, out: np.ndarray) -> np.ndarray:
        """Read into an array (T, C); the part of it that was filled."""

    def __enter__(self) -> "_Stream":
        """Itself."""

    def __exit__(self, *error: object) -> None:
        """Close the file."""


def _decode_source(source: Source, start: float, seconds: float | None) -> Decoded:
    """Decode a part by libsndfile; what comes before damage if there is any."""
    import soundfile

    with _quiet_streams(source):
        try:
            return _decode_blocks(source, start, seconds, BLOCK_SAMPLES)
        except (soundfile.SoundFileError, TypeError):  # TypeError for the suffix .raw
            pass
        try:
            return _decode_blocks(source, start, seconds, SMALL_BLOCK_FRAMES, keeps_part=True)
        except (soundfile.SoundFileError, TypeError) as error:
            raise UnknownFormatError(_reason(error)) from None


def _quiet_streams(source: Source) -> contextlib.AbstractContextManager[None]:
    """The stream closed to which the decoder of a source writes about damage."""
    if source.is_mpeg:
        return quiet_errors()
    return quiet_output() if source.is_alac else contextlib.nullcontext()


def _decode_links(links: Sequence[Source], start: float, seconds: float | None) -> Decoded:
    """Decode a part of files that follow each other in one, up to one that is unlike the first or damaged."""
    parts: list[Decoded] = []
    notices: tuple[str, ...] = ()
    for link in links:
        try:
            part = _decode_source(link, 0.0, None)
        except UnknownFormatError:
            if not parts:
                raise
            notices += ("it goes on, but damaged: what comes before is taken",)
            break
        if parts and (part.rate, part.samples.shape[1]) != (parts[0].rate, parts[0].samples.shape[1]):
            notices += (OTHER_RATE,)
            break
        parts.append(part)
        notices += part.notices
    rate = parts[0].rate
    first = int(start * rate)
    end = None if seconds is None else first + max(round(seconds * rate), 1)
    return Decoded(np.concatenate([part.samples for part in parts])[first:end], rate, notices)


def _decode_blocks(
    source: Source, start: float, seconds: float | None, block_samples: int, keeps_part: bool = False
) -> Decoded:
    """Decode a part in blocks. keeps_part: after an error what came before is kept."""
    import soundfile

    path = source.path
    with source.open() as file, _open(file) as stream:
        rate = checked_rate(path, stream.samplerate)
        if stream.channels > MAX_CHANNELS:
            raise RecordingError(f"{path.name} has {stream.channels} channels: at most {MAX_CHANNELS} can be read")
        first, wanted = int(start * rate), None if seconds is None else max(round(seconds * rate), 1)
        frames = max(block_samples // stream.channels, 1)
        blocks: list[np.ndarray] = []
        is_damaged, skipped = False, 0
        try:
            skipped = _skip(stream, first, round(MPEG_LEAD_SECONDS * rate) if source.is_mpeg else 0)
            if skipped == first:
                for block in _blocks(stream, wanted, frames):
                    blocks.append(block)
        except soundfile.SoundFileError:
            if not keeps_part or not blocks:
                raise
            is_damaged = True
        stated = source.stated_frames if source.stated_frames is not None else stream.frames
    count = sum(map(len, blocks))
    notices = source.notices
    if is_damaged:
        notices += (f"it is damaged at {(first + count) / rate:.2f} s: what comes before is taken",)
    elif (wanted is None or count < wanted) and stated < UNKNOWN_FRAMES and not notices and not source.is_mpeg:
        there = (skipped + count) / rate
        notices = (difference(stated / rate, there),) if differ(stated / rate, there) else ()
    return Decoded(_joined(blocks, stream.channels), rate, notices)


def _open(file: object) -> "_Stream":
    """A stream of a file; soundfile then neither asks for the position nor sets it between two blocks."""
    import soundfile

    class Stream(soundfile.SoundFile):
        def can_seek(self) -> bool:
            return bool(super().seekable())

        def seekable(self) -> bool:
            return False

    made: _Stream = Stream(file, closefd=False)
    return made


def _blocks(stream: "_Stream", wanted: int | None, frames: int) -> Iterator[np.ndarray]:
    """The next blocks (frames, C) of a stream, to its end or up to the frames wanted."""
    left = wanted
    while left is None or left > 0:
        block = np.empty((frames if left is None else min(frames, left), stream.channels), np.float32)
        read = stream.read(out=block)
        if len(read) == 0:
            return
        yield read if len(read) == len(block) else read.copy()
        left = None if left is None else left - len(read)


def _skip(stream: "_Stream", count: int, lead: int) -> int:
    """Pass over frames: by a seek up to `lead` frames before, the rest by reading; how many there were."""
    import soundfile

    place = max(min(count, stream.frames) - lead, 0)
    if place and stream.can_seek() and stream.frames < UNKNOWN_FRAMES:
        with contextlib.suppress(soundfile.SoundFileError):
            stream.seek(place)
            return place + sum(map(len, _blocks(stream, count - place, BLOCK_FRAMES)))
    return sum(map(len, _blocks(stream, count, BLOCK_FRAMES)))


def _joined(blocks: list[np.ndarray], channels: int) -> np.ndarray:
    """All blocks (T, C), which are freed one after the other."""
    samples = np.empty((channels, sum(map(len, blocks))), np.float32)
    place = 0
    for number, block in enumerate(blocks):
        samples[:, place : place + len(block)] = block.T
        place += len(block)
        blocks[number] = block[:0]
    return samples.T


def checked_rate(path: Path, rate: int) -> int:
    """RecordingError for a rate that no sound file has."""
    if not MIN_RATE <= rate <= MAX_RATE:
        raise RecordingError(
            f"{path.name} says that its rate is {rate} Hz: a sound file has {MIN_RATE} Hz to {MAX_RATE // 1000} kHz; "
            "set its rate right in a sound editor"
        )
    return rate


def _reason(error: Exception) -> str:
    """Why libsndfile cannot open a file, in one line without the file's name."""
    text = " ".join((str(getattr(error, "error_string", error)) or type(error).__name__).split()).rstrip(".")
    return PLAIN_REASONS.get(text, text)
