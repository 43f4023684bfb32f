"""A JACK server of our own, without hardware: to be measured with, and to be killed."""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import jack

STARTED = 10.0  # seconds that a server may take
_KNOCK = """
import jack, time
until = time.monotonic() + {seconds}
while True:
    try:
        jack.Client("knock", no_start_server=True, servername={name!r}).close()
        break
    except jack.JackOpenError:
        if time.monotonic() > until:
            raise
        time.sleep(0.02)
"""  # in a process of its own: one that has a dead client must not open another
NAMES = 6  # of servers at a time: JACK bears eight, and remembers one that was killed until its name comes back


class Server:
    """A dummy JACK server under a name that nobody else has."""

    def __init__(self, rate: int = 48000, block: int = 128) -> None:
        self.name, self._lock = _free_name()
        self.rate, self.block, self.speakers = rate, block, 2
        self.realtime = True
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, in realtime where that is allowed, and wait until it answers."""
        for mode in (["-R", "-P70"], ["-r"]):
            command = ["jackd", "-n", self.name, *mode, "-d", "dummy", "-r", str(self.rate), "-p", str(self.block)]
            command += ["-P", str(self.speakers)]
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
        self.signal(signal.SIGCONT)
        self._process.wait()

    def kill(self) -> None:
        """End it without a word to its clients."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self._process is not None
        return self._process.pid

    def signal(self, number: int) -> None:
        """Send it a signal, such as SIGSTOP."""
        os.kill(self.pid, number)

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
        self._lock.seek(0)
        self._lock.truncate()
        print(self._process.pid, file=self._lock, flush=True)
        code = _KNOCK.format(name=self.name, seconds=STARTED)
        knocking = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while knocking.poll() is None and self._process.poll() is None:
            time.sleep(0.02)
        if knocking.poll() is None:
            knocking.kill()
        return knocking.wait() == 0 and self._process.poll() is None


def _free_name() -> tuple[str, IO[str]]:
    """A name for a server that no other process uses, and the lock that holds it."""
    for number in range(NAMES):
        lock = (Path(tempfile.gettempdir()) / f"luthier-jack-{number}").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        _end_what_is_left(lock)
        return f"luthier-{number}", lock
    raise RuntimeError(f"{NAMES} JACK servers run already")


def _end_what_is_left(lock: IO[str]) -> None:
    """End the server of a process that did not live to do it."""
    lock.seek(0)
    number = lock.read().strip()
    name = Path(f"/proc/{number}/comm")
    if number and name.exists() and name.read_text().startswith("jackd"):
        os.kill(int(number), signal.SIGKILL)
        time.sleep(0.1)


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
