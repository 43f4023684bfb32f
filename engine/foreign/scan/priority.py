"""The priority of the processes that scan: behind everything that plays, for the processor and for the disk."""

import contextlib
import ctypes
import os
import platform
import sys
from pathlib import Path

NICENESS = 10  # more than what plays
_IOPRIO_SET = {"x86_64": 251, "aarch64": 30}  # numbers of the system call
_THIS_PROCESS, _IDLE_CLASS = 1, 3 << 13


def lower_priority() -> None:
    """Let this process, and those that it starts, wait for all others; as far as the system knows how."""
    if hasattr(os, "nice"):
        os.nice(max(NICENESS - os.nice(0), 0))
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))  # it interrupts nobody when it wakes up
        number = _IOPRIO_SET.get(platform.machine())
        if number is not None:
            ctypes.CDLL(None).syscall(number, _THIS_PROCESS, 0, _IDLE_CLASS)


def waiting_seconds(pid: int) -> float:
    """How long a process has waited for a processor while it could have run; 0 where the system does not tell.

    One that waits for all others is not one that hangs.
    """
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
