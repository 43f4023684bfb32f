"""A JACK server that was killed does not keep the next one of its name from starting."""

import os
import shutil
import signal
import struct
import tempfile
import time
from pathlib import Path

import pytest

from benchmarks.support import jack_server
from benchmarks.support.jack_server import MAX_SERVERS, REGISTRY, Server
from tests.support.wait_limit import MAX_WAIT_SECONDS


@pytest.fixture
def killed():
    """The name of a server that was killed, and whose process nobody has waited for: a zombie."""
    if shutil.which("jackd") is None:
        pytest.skip("needs jackd")
    server = Server()
    server.start()
    os.kill(server.pid, signal.SIGKILL)
    while Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)  # a busy machine ends it later
    yield server
    server.kill()
    server.close()


def started(name):
    """A server of a name, without the lock that keeps two tests from one name."""
    server = Server()
    server.name = name
    server.start()
    return server


def test_the_next_server_of_its_name_starts_while_the_killed_one_is_a_zombie(killed):
    server = started(killed.name)
    assert server.pid != killed.pid
    server.client("probe").close()
    server.close()


def test_the_next_server_of_its_name_starts_when_another_process_has_the_number_of_the_killed_one(killed):
    killed.kill()
    content = bytearray(REGISTRY.read_bytes())
    for at in jack_server._server_entries(content):
        if struct.unpack_from("=i", content, at)[0] == killed.pid:
            with REGISTRY.open("r+b") as registry:
                registry.seek(at)
                registry.write(struct.pack("=i", os.getppid()))
    server = started(killed.name)
    server.client("probe").close()
    server.close()


def test_a_server_whose_parent_has_died_is_ended(killed):
    left = started(killed.name)
    server = started(killed.name)
    assert left._process.wait(MAX_WAIT_SECONDS) == -signal.SIGKILL
    server.close()
    left._lock.close()


def test_a_server_waits_for_a_name_while_all_are_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # where the names are locked
    servers = [Server() for _ in range(MAX_SERVERS)]
    monkeypatch.setattr(jack_server.time, "sleep", lambda seconds: servers[2]._lock.close())  # one ends meanwhile
    server = Server()
    assert server.name == servers[2].name
    for each in (server, *servers):
        each._lock.close()
