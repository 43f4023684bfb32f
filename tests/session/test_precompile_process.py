"""The compiler in another process, which does not outlive the window."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.support.wait_limit import MAX_WAIT_SECONDS

_WINDOW = """
from session.precompile_process import PrecompileProcess
process = PrecompileProcess()
print(process._process.pid, flush=True)
next(process.steps())
print("compiling", flush=True)
input()
"""


def test_it_ends_with_its_children_when_the_window_is_killed(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    window = subprocess.Popen(
        [sys.executable, "-c", _WINDOW], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with window:
        compiler = int(window.stdout.readline())
        assert window.stdout.readline() == "compiling\n"
        os.kill(window.pid, signal.SIGKILL)
    until = time.monotonic() + MAX_WAIT_SECONDS
    while group_is_alive(compiler):
        assert time.monotonic() < until, "the compiler goes on"
        time.sleep(0.05)


def group_is_alive(group: int) -> bool:
    """Whether a process group has a process."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
