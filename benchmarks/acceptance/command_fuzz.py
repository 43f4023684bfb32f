"""Damaged scores and recordings through the commands: a sound file, or one line and exit status 2."""

import contextlib
import io
from functools import cache
from pathlib import Path

import numpy as np
import soundfile

from cli.main import main

from .damage import check, damage_bytes
from .score_seeds import score_seeds

RENDER = ("--seconds", "0.1", "--rate", "16000")
VOICE_SECONDS, VOICE_RATE = 0.3, 16_000
FORMATS = (("WAV", "PCM_16"), ("WAV", "FLOAT"), ("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III"))


def render_damaged_score(random: np.random.Generator, folder: Path) -> None:
    """Render a damaged score with a factory instrument."""
    seeds = score_seeds()
    path = folder / "damaged.mid"
    path.write_bytes(damage_bytes(seeds[int(random.integers(len(seeds)))], random))
    _run(["render", "cowbell", str(path), "-o", str(folder / "out.wav"), *RENDER], folder / "out.wav")


def transfer_damaged_recording(random: np.random.Generator, folder: Path) -> None:
    """Let an instrument follow a damaged recording."""
    format, subtype = FORMATS[int(random.integers(len(FORMATS)))]
    path = folder / f"damaged.{format.lower()}"
    path.write_bytes(damage_bytes(_voice(format, subtype), random))
    _run(["transfer", str(path), "violin", "-o", str(folder / "out.wav")], folder / "out.wav")


def _run(arguments: list[str], output: Path) -> None:
    """Run a command: status 0 and a sound file of numbers, or status 2, one last line on stderr and no file."""
    output.unlink(missing_ok=True)
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        status = main(arguments)
    lines = said.getvalue().splitlines()
    check("Traceback" not in said.getvalue(), "a traceback")
    check(status in (0, 2), f"exit status {status}: {lines[-1:]}")
    check((status == 0) == output.exists(), f"exit status {status}, and a file: {output.exists()}")
    if status == 0:
        check(np.isfinite(soundfile.read(output)[0]).all(), "samples that are no numbers")
        output.unlink()
    else:
        check(lines and lines[-1].startswith("luthier: "), f"no line that says why: {lines}")
    check(not any("Warning" in line or ".py" in line for line in lines), f"lines of a program: {lines}")
    left = [path.name for path in output.parent.iterdir() if path.suffix in (".part", ".tmp")]
    check(not left, f"files left behind: {left}")


@cache
def _voice(format: str, subtype: str) -> bytes:
    """A sung tone as a file of a format."""
    time = np.arange(round(VOICE_SECONDS * VOICE_RATE)) / VOICE_RATE
    tone = 0.2 * sum(np.sin(2 * np.pi * 220 * k * time) / k for k in range(1, 8))
    file = io.BytesIO()
    soundfile.write(file, tone, VOICE_RATE, format=format, subtype=subtype)
    return file.getvalue()
