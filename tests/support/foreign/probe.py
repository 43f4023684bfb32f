"""The probe plugins of this folder, built for CLAP, and what they write into their sound."""

import ctypes
import subprocess
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
SHELL = Path(__file__).parents[3] / "shell"
FLAGS = ("-std=c11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared")
LATENCY = 64  # frames, of the effects
NOTE_ON, NOTE_OFF, CHOKE, EXPRESSION, PARAM, MIDI = range(1, 7)  # digits on the left
PLAIN, NOT_A_NUMBER, HUGE, FLOOD, TURN, ASK, RESTART, FAIL, HANG = range(9)  # values of the parameter Mode


def build_probe(path: Path, *sources: str) -> Path:
    """Build a shared object of sources of this folder and the core of the probe; its path."""
    files = [str(FOLDER / name) for name in (*sources, "probe_core.c")]
    subprocess.run(["cc", *FLAGS, f"-I{SHELL}", f"-I{FOLDER}", *files, "-lm", "-o", str(path)], check=True)
    return path


def build_clap_probe(path: Path) -> Path:
    """Build the CLAP file of the probe; its path."""
    return build_probe(path, "probe_clap.c", "probe_clap_presets.c")


def release(path: Path) -> None:
    """Let a plugin of a file that hangs come back."""
    _released(path).value = 1


def hold(path: Path) -> None:
    """Let the plugins of a file hang again where they are told to."""
    _released(path).value = 0


def _released(path: Path) -> ctypes.c_int:
    return ctypes.c_int.in_dll(ctypes.CDLL(str(path)), "probe_released")


def written_events(sound: np.ndarray) -> list[tuple[int, str, float]]:
    """Frame, digits and last value of each frame of a sound (2, T) that has events."""
    frames = np.flatnonzero(sound[0])
    return [(int(frame), f"{sound[0, frame]:.0f}", float(sound[1, frame])) for frame in frames]
