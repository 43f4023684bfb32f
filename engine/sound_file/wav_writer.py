"""Writer of WAV files, which become RF64 where they outgrow the sizes of RIFF (EBU Tech 3306).

Their header is right twice a second while they grow, and every block goes to the system at once: what was recorded up
to a crash can be read.
"""

import struct
from pathlib import Path

import numpy as np

from .wav_layout import MAX_RIFF_BYTES, make_header

PCM, FLOAT = 1, 3  # format tags
HEADER_SECONDS = 0.5  # of sound that a file may have beyond the sizes in its header while it grows
FULL_SCALE = 2**31
PCM_BYTES, FLOAT_BYTES = 3, 4  # of a sample


class WavWriter:
    """Appends audio to a file, in 24 bits or in 32-bit float."""

    def __init__(
        self, path: Path, rate: int, float32: bool = False, max_riff_bytes: int = MAX_RIFF_BYTES, channels: int = 2
    ) -> None:
        """max_riff_bytes: the size of the file from which on it is RF64. OSError."""
        self._rate, self._float32, self._max_riff_bytes = rate, float32, max_riff_bytes
        self._channels = channels
        self._frame_bytes = channels * (FLOAT_BYTES if float32 else PCM_BYTES)
        self._bytes = self._frames_in_header = 0  # bytes of sound that are in the file
        self._header_bytes = len(self._header(0))
        self._file = path.open("wb", buffering=0)
        try:
            self._write_all(self._header(0))
        except OSError:
            self._file.close()
            raise

    @property
    def frames(self) -> int:
        """Whole frames in the file."""
        return self._bytes // self._frame_bytes

    def write(self, audio: np.ndarray) -> None:
        """Append audio (channels, T). OSError, after which the frames that had room are in the file."""
        data = memoryview(self._encode(audio).tobytes())
        while data:
            written = self._file.write(data) or 0
            self._bytes += written
            data = data[written:]
        if self.frames - self._frames_in_header >= self._rate * HEADER_SECONDS:
            self._update_header()

    def close(self) -> None:
        """Write the sizes, and close the file. OSError."""
        try:
            self._file.truncate(self._header_bytes + self.frames * self._frame_bytes)
            self._update_header()
        finally:
            self._file.close()

    def _update_header(self) -> None:
        self._frames_in_header = self.frames
        self._file.seek(0)
        self._write_all(self._header(self.frames))
        self._file.seek(self._header_bytes + self._bytes)

    def _header(self, frames: int) -> bytes:
        tag, sample_bytes = (FLOAT, FLOAT_BYTES) if self._float32 else (PCM, PCM_BYTES)
        frame_bytes, rate, bits = self._frame_bytes, self._rate, 8 * sample_bytes
        content = struct.pack("<HHIIHH", tag, self._channels, rate, rate * frame_bytes, frame_bytes, bits)
        fact = b""
        if self._float32:
            content += bytes(2)  # no extension
            fact = b"fact" + struct.pack("<II", 4, min(frames, 2**32 - 1))
        return make_header(content, frames * frame_bytes, fact, frames, self._max_riff_bytes)

    def _encode(self, audio: np.ndarray) -> np.ndarray:
        """Bytes of audio (channels, T)."""
        if self._float32:
            return np.ascontiguousarray(audio.T, "<f4")
        scaled = np.clip(np.rint(audio.T.astype(np.float64) * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
        integers = (scaled.astype(np.int64) >> 8).astype("<i4")  # the upper 24 of 32 bits, as libsndfile takes them
        return np.ascontiguousarray(integers.reshape(-1, 1).view(np.uint8)[:, :PCM_BYTES])

    def _write_all(self, data: bytes) -> None:
        while data:
            data = data[self._file.write(data) or 0 :]
