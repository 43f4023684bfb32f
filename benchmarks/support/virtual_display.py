"""An X server without a screen (Xvfb), for a real window."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def virtual_display(size: str = "1600x1000x24") -> Iterator[str]:
    """Start Xvfb under the first free number and make it this process's display; FileNotFoundError without Xvfb."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp", "-dpi", "96"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    before = {name: os.environ.pop(name, None) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    os.environ["DISPLAY"] = f":{number}"
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()
        os.environ.pop("DISPLAY")
        os.environ.update({name: value for name, value in before.items() if value is not None})
