"""A sound server without a sound card, for Firefox: what is played is kept by nobody, in time."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.wait_limit import MAX_WAIT_SECONDS


class PulseServer:
    """A PulseAudio server of its own; `environment` leads its clients to it."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("pulseaudio") is None:
            pytest.skip("needs PulseAudio: apt-get install pulseaudio")
        folder.chmod(0o700)
        self.environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "PULSE_RUNTIME_PATH": str(folder / "pulse")}
        modules = ["-L", "module-native-protocol-unix", "-L", "module-null-sink"]
        words = ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", *modules]
        self._process = subprocess.Popen(
            words, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + MAX_WAIT_SECONDS
        while not (folder / "pulse" / "native").exists():
            assert self._process.poll() is None, "the sound server has ended"
            assert time.monotonic() < end, "the sound server has not started"
            time.sleep(0.05)

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()
