"""Entry point of the window's child processes: runs a module, and ends when the window has gone without ending it.

python -m gui.processes.child WINDOW MODULE [ARGUMENT ...]; WINDOW is the window's process.
"""

import os
import runpy
import signal
import sys
import threading
import time

POLL_SECONDS = 0.5  # between two looks whether the window is still there
SAVE_SECONDS = 20.0  # that the module may take to save and end


def main() -> None:
    """Run the module as its own command would."""
    window, module, *arguments = sys.argv[1:]
    threading.Thread(target=_end_with, args=(int(window),), name="window", daemon=True).start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with(window: int) -> None:
    """End this process, as the window would, once its parent is another process: on POSIX systems the window died."""
    while os.getppid() == window:
        time.sleep(POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SAVE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
