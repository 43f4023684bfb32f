"""A thread of C that plays blocks while the lock of the interpreter is held: what asks for it would never end."""

import ctypes
import subprocess
from pathlib import Path

from engine.host import Host
from engine.portaudio_callback import callback
from tests.support.wait_limit import MAX_WAIT_SECONDS

SOURCE = Path(__file__).with_suffix(".c")
BLOCKS, BLOCK_FRAMES = 400, 128


def play_with_lock_held(host: Host, folder: Path) -> int:
    """Play BLOCKS blocks on another thread while this one holds the lock, built in a folder; how many were played."""
    library = folder / "block_thread.so"
    command = ["cc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", str(SOURCE), "-o", str(library), "-lpthread"]
    subprocess.run(command, check=True)
    holding = ctypes.PyDLL(str(library))  # its functions run with the lock held
    address, memory = ctypes.c_void_p(callback.address), ctypes.c_void_p(host.memory.ctypes.data)
    holding.start_blocks(address, memory, ctypes.c_ulong(BLOCK_FRAMES), BLOCKS)
    return int(holding.wait_for_blocks(int(1000 * MAX_WAIT_SECONDS)))
