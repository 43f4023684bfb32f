"""A JACK server of our own, without hardware: to be measured with, and to be killed."""

import contextlib
import fcntl
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import jack

STARTED = 10.0  # seconds that a server may take
NAMES = 6  # of servers at a time: JACK bears eight, and remembers one that was killed until its name comes back


class Server:
    """A dummy JACK server under a name that nobody else has."""

    def __init__(self, rate: int = 48000, block: int = 128) -> None:
        self.name, self._lock = _free_name()
        self.rate, self.block = rate, block
        self.realtime = True
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, in realtime where that is allowed, and wait until it answers."""
        for mode in (["-R", "-P70"], ["-r"]):
            command = ["jackd", "-n", self.name, *mode, "-d", "dummy", "-r", str(self.rate), "-p", str(self.block)]
            self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.realtime = mode[0] == "-R"
            if self._answers():
                return
            self.kill()
        raise RuntimeError("no JACK server could be started")

    def terminate(self) -> None:
        """Ask it to end, and wait until it has."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait()

    def kill(self) -> None:
        """End it without a word to its clients."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it so that nothing is left of it, even if it was killed before."""
        if self._process is None or self._process.poll() is not None:
            self.start()
        self.terminate()
        self._lock.close()

    def client(self, name: str) -> jack.Client:
        """A client of this server."""
        return jack.Client(name, no_start_server=True, servername=self.name)

    def _answers(self) -> bool:
        assert self._process is not None
        until = time.monotonic() + STARTED
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(jack.JackOpenError):
                self.client("probe").close()
                return True
            time.sleep(0.05)
        return False


def _free_name() -> tuple[str, IO[str]]:
    """A name for a server that no other process uses, and the lock that holds it."""
    for number in range(NAMES):
        lock = (Path(tempfile.gettempdir()) / f"luthier-jack-{number}").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        return f"luthier-{number}", lock
    raise RuntimeError(f"{NAMES} JACK servers run already")


@contextlib.contextmanager
def running(rate: int = 48000, block: int = 128) -> Iterator[Server]:
    """A server that this process and its children take for the only one."""
    server = Server(rate, block)
    before = os.environ.get("JACK_DEFAULT_SERVER")
    os.environ["JACK_DEFAULT_SERVER"] = server.name
    server.start()
    try:
        yield server
    finally:
        server.close()
        if before is None:
            del os.environ["JACK_DEFAULT_SERVER"]
        else:
            os.environ["JACK_DEFAULT_SERVER"] = before
