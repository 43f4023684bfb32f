"""A JACK server without hardware, for measurements and for tests of its failure."""

import contextlib
import fcntl
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import jack

MAX_START_SECONDS = 120.0  # after which a server is taken for hung
MAX_WAIT_SECONDS = 600.0  # for other processes to end theirs, or to let sound come
CLIENT_TIMEOUT_MS = 200  # a synchronous server waits ten times as long, also for a client that closes within a block
MAX_SERVERS = 6  # at a time: JACK allows eight, and remembers one that was killed until its name is used again
_CONNECT = """
import jack, time
until = time.monotonic() + {seconds}
while True:
    try:
        jack.Client("probe", no_start_server=True, servername={name!r}).close()
        break
    except jack.JackOpenError:
        if time.monotonic() > until:
            raise
        time.sleep(0.02)
"""  # in a process of its own: one that has a dead client must not open another

REGISTRY = Path("/dev/shm/jack-shm-registry")  # of all servers of this machine, as libjack lays it out
_HEADER = struct.Struct("=IHHIiII")  # magic, protocol, -, type, size, bytes of the header and servers, of an entry
_MAGIC, _SERVERS, _NO_PROCESS = 0x4A41434B, 8, 0x7FFFFFFF


class Server:
    """A dummy JACK server under a name that no other process uses.

    A synchronous one waits for clients that are late, so that no sound and no message is lost on a busy machine.
    """

    def __init__(self, rate: int = 48000, block: int = 128, synchronous: bool = False) -> None:
        self.name, self._lock = _free_name()
        self.rate, self.block, self.speakers = rate, block, 2
        self.realtime, self.synchronous = True, synchronous
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, in realtime where that is allowed, and wait until it answers."""
        for mode in (["-R", "-P70"], ["-r"]):
            forget(self.name)
            waits = ["-S", "-t", str(CLIENT_TIMEOUT_MS)] if self.synchronous else []
            command = ["jackd", "-n", self.name, *mode, *waits, "-d", "dummy", "-r", str(self.rate)]
            command += ["-p", str(self.block), "-P", str(self.speakers)]
            self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.realtime = mode[0] == "-R"
            if self._wait_until_ready():
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
        """End it without notice to its clients."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    @property
    def pid(self) -> int:
        """Its process."""
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

    def _wait_until_ready(self) -> bool:
        """Wait until a client can connect; False when the server ends before."""
        assert self._process is not None
        code = _CONNECT.format(name=self.name, seconds=MAX_START_SECONDS)
        probe = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while probe.poll() is None and self._process.poll() is None:
            time.sleep(0.02)
        if probe.poll() is None:
            probe.kill()
        return probe.wait() == 0 and self._process.poll() is None


def forget(name: str) -> None:
    """End a server of this name that outlived its parent, and free the name.

    JACK refuses a name as long as the process that had it exists: as a zombie, or under a number used again. Here its
    server and its memory segments get the number of no process, so that the next server reclaims them.
    """
    try:
        registry = REGISTRY.open("r+b", buffering=0)
    except OSError:
        return
    with registry:
        content = registry.read()
        for at in _server_entries(content):
            (pid,) = struct.unpack_from("=i", content, at)
            if _text(content, at + 4) == f"jack-{os.getuid()}:{name}:":
                _end(pid)
                for owner in (at, *_segment_owners(content, pid)):
                    registry.seek(owner)
                    registry.write(struct.pack("=i", _NO_PROCESS))


def _server_entries(content: bytes) -> range:
    """Where the servers stand in a registry, the number of the process first and the name after it."""
    if len(content) < _HEADER.size or _HEADER.unpack_from(content)[0] != _MAGIC:
        return range(0)
    header = _HEADER.unpack_from(content)[5]
    return range(_HEADER.size, header, (header - _HEADER.size) // _SERVERS)


def _segment_owners(content: bytes, pid: int) -> list[int]:
    """Where a registry names a process as the owner of a memory segment."""
    *_, header, size = _HEADER.unpack_from(content)
    owners = range(header + 4, len(content) - size + 5, size)
    return [at for at in owners if struct.unpack_from("=i", content, at)[0] == pid]


def _text(content: bytes, at: int) -> str:
    return content[at : content.index(b"\0", at)].decode("utf-8", "replace")


def _end(pid: int) -> None:
    """End a process if it is a JACK server, and wait until it runs no more."""
    folder = Path(f"/proc/{pid}")
    with contextlib.suppress(OSError):
        if (folder / "comm").read_text().startswith("jackd"):
            os.kill(pid, signal.SIGKILL)
            end = time.monotonic() + MAX_START_SECONDS
            while (folder / "stat").read_text().rpartition(") ")[2][0] not in "ZX" and time.monotonic() < end:
                time.sleep(0.01)


def _free_name() -> tuple[str, IO[str]]:
    """A name for a server that no other process uses, and the lock that holds it; waits until there is one."""
    end = time.monotonic() + MAX_WAIT_SECONDS
    while True:
        for number in range(MAX_SERVERS):
            lock = (Path(tempfile.gettempdir()) / f"luthier-jack-{number}").open("a+")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                continue
            return f"luthier-{number}", lock
        if time.monotonic() > end:
            raise RuntimeError(f"{MAX_SERVERS} JACK servers run already, none ended within {MAX_WAIT_SECONDS:g} s")
        time.sleep(0.05)


@contextlib.contextmanager
def running(rate: int = 48000, block: int = 128, synchronous: bool = False) -> Iterator[Server]:
    """A server that this process and its children take for the only one."""
    server = Server(rate, block, synchronous)
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
