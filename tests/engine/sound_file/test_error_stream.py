"""The error stream is closed for a library, and open again after the last thread that asked for it."""

import os
import threading

from engine.sound_file.error_stream import ERROR_STREAM, quiet_errors


def test_what_a_library_writes_is_dropped_only_while_it_works(capfd):
    with quiet_errors():
        os.write(ERROR_STREAM, b"noise")
    os.write(ERROR_STREAM, b"words")
    assert capfd.readouterr().err == "words"


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
