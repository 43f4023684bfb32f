"""The standard streams are closed for a library, and open again after the last thread that asked for it."""

import ctypes
import os
import threading

import numpy as np
import pytest
import soundfile

from engine.sound_file import reader
from engine.sound_file.sndfile_decoder import RecordingError
from engine.sound_file.standard_streams import ERROR_STREAM, quiet_errors, quiet_output


def test_what_a_library_writes_is_dropped_only_while_it_works(capfd):
    with quiet_errors():
        os.write(ERROR_STREAM, b"noise")
    os.write(ERROR_STREAM, b"words")
    assert capfd.readouterr().err == "words"


def test_what_a_library_keeps_in_its_buffer_is_dropped_with_the_rest(capfd):
    library = ctypes.CDLL(None)
    library.printf(b"words ")
    with quiet_output():
        library.printf(b"noise")
    library.puts(b"after it")
    library.fflush(None)
    assert capfd.readouterr().out == "words after it\n"


def test_the_last_of_several_threads_opens_the_stream_again(capfd):
    first_is_in, second_is_in = threading.Event(), threading.Event()

    def first() -> None:
        with quiet_errors():
            first_is_in.set()
            second_is_in.wait()
        os.write(ERROR_STREAM, b"still closed")

    def second() -> None:
        first_is_in.wait()
        with quiet_errors():
            second_is_in.set()
            threads[0].join()
            os.write(ERROR_STREAM, b"noise")
        os.write(ERROR_STREAM, b"words")

    threads = [threading.Thread(target=each) for each in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert capfd.readouterr().err == "words"


def test_nothing_is_printed_about_a_damaged_alac_file(capfd, tmp_path):
    path = tmp_path / "damaged.caf"
    soundfile.write(path, np.sin(np.arange(40_000) / 9), 16_000, "ALAC_16", format="CAF")
    content = bytearray(path.read_bytes())
    sizes = content.index(b"pakt") + 36  # of the packets, of which none is longer than five bytes
    content[sizes : sizes + 6] = b"\xff" * 6
    path.write_bytes(content)
    with pytest.raises(RecordingError):
        reader.read(path)
    ctypes.CDLL(None).fflush(None)
    assert capfd.readouterr() == ("", "")
