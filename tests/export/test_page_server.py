"""Pages served to the browsers of this machine, and to nobody else."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from engine.preset.preset_file import write
from export.page.page_server import PageServer
from tests.export.test_page import EMPTY_MODULE
from tests.support.resonance_preset import small_preset


@contextmanager
def serve(pages, port=0):
    with PageServer(pages, port) as server:
        thread = threading.Thread(target=server.serve)
        thread.start()
        yield server
        server.close()
        thread.join()


def ask(address, host=None):
    """The text at an address, or the status of its refusal."""
    request = urllib.request.Request(address, headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        return error.code


def test_one_page_is_served_at_the_root_and_by_its_name():
    with serve({"a bell é": "<p>é</p>"}) as server:
        assert ask(server.address) == "<p>é</p>"
        assert ask(server.address + "a%20bell%20%C3%A9.html") == "<p>é</p>"
        assert ask(server.address + "other.html") == 404


def test_several_pages_are_listed():
    with serve({"one": "1", "<two>": "2"}) as server:
        listed = ask(server.address)
        assert 'href="/one.html"' in listed
        assert "&lt;two&gt;" in listed
        assert ask(server.address + "%3Ctwo%3E.html") == "2"


def test_a_name_from_elsewhere_that_leads_here_is_refused():
    with serve({"one": "1"}) as server:
        assert ask(server.address, "evil.example") == 403
        assert ask(server.address, "localhost") == "1"


def test_only_this_machine_is_answered():
    with serve({"one": "1"}) as server, socket.socket() as probe:
        port = int(server.address.rstrip("/").rpartition(":")[2])
        others = {each[4][0] for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {
            "127.0.0.1"
        }
        assert all(probe.connect_ex((other, port)) for other in others if not other.startswith("127."))


def test_a_port_that_is_taken_is_one_line_and_the_default_one_gives_way():
    with serve({"one": "1"}) as server:
        port = int(server.address.rstrip("/").rpartition(":")[2])
        with pytest.raises(OSError, match=f"port {port} of this machine cannot be used"):
            PageServer({"two": "2"}, port)
        with PageServer({"two": "2"}, None, port) as other:
            assert other.address != server.address


@pytest.mark.verify  # another process compiles for other registers
def test_the_command_serves_until_it_is_interrupted(tmp_path):
    write(tmp_path / "small.luthier", small_preset())
    (tmp_path / "luthier.wasm").write_bytes(EMPTY_MODULE)
    words = [sys.executable, "-m", "cli.main", "serve", str(tmp_path / "small.luthier"), "--port", "0", "--json"]
    environment = {**os.environ, "LUTHIER_SHELLS": str(tmp_path)}
    with subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        told = json.loads(process.stdout.readline())
        assert "</html>" in ask(told["address"])
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0
        assert process.stderr.read() == ""
