"""luthier transfer VOICE PRESET -o OUT.wav: an instrument answers a recorded voice, as it would answer a live one.

The same row as that of `luthier play --mic`, in file time. The voice is brought to the loudness that the instrument
knows and, by octaves, into its range; what the row is late by is taken off again.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from engine.preset import library

from . import chain_options, voice_options
from .argument_types import number, whole

if TYPE_CHECKING:
    import numpy as np

    from engine.rig import Rig

HOP = 0.01  # seconds between two looks at the whole voice
SHORTEST = 0.1  # seconds of a voice
LOUDEST = 100.0  # a sample in a file that is more is none
SOFTLY = 0.005  # seconds in which the answer begins: what the row is late by is cut off, perhaps within a note


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which voice, which instrument, and how."""
    parser.add_argument("voice", metavar="VOICE", help="a recording of one voice, or of one instrument")
    parser.add_argument("preset", metavar="PRESET", help="a name or a path, also of an ONNX decoder")
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help="the sound file to write, .wav or .flac")
    voice_options.add_arguments(parser, "it is moved by octaves into the instrument's range")
    parser.add_argument("--rate", type=number(8000, 384000, "Hz"), metavar="HZ", help="the sample rate")
    parser.add_argument("--block", type=whole(1, 4096, "frames"), metavar="N", help="frames computed at once")
    parser.add_argument("--seed", type=whole(0, 2**31 - 1), default=0, metavar="N", help="decides the noise")
    chain_options.add_row_arguments(parser)
    parser.add_argument("--float", action="store_true", help="32-bit float in place of 24 bits")
    parser.add_argument("--json", action="store_true", help="tell the result as JSON")
    parser.set_defaults(mic=True)


def run(args: argparse.Namespace) -> int:
    """Write the file, and tell what was done to the voice and how late the row is."""
    sound = _read(Path(args.voice), args.rate or chain_options.RATE)
    if Path(args.output).exists() and Path(args.output).samefile(args.voice):
        raise ValueError(f"{args.output} is the voice itself: write the answer to another file")
    rig = chain_options.build(args)
    from engine.voice_latency import latency

    fitted = _fit(rig, sound, args)
    late = latency(rig.row, rig.rate)
    removed = round((late.of_pitch + late.of_loudness) / 2 * rig.rate)
    written = _write(args, rig, _softly(_without(_played(rig, sound, args.block or 128), removed), SOFTLY * rig.rate))
    told = {"path": args.output, "rate": rig.rate, **written, **fitted, "removed": removed / rig.rate}
    if args.json:
        print(json.dumps(told))
        return 0
    moved, louder = _moved(told["transpose"]), f"its level by {told['gain']:+.1f} dB"
    print(f"{args.voice}: {told['voiced']:.0%} of it has a pitch; {moved}, {louder}")
    print(f"{late.words()}; {1000 * told['removed']:.1f} ms are taken off")
    print(f"{args.output}: {told['seconds']:.2f} s at {rig.rate:g} Hz, peak {told['peak']:.3f}")
    return 0


def _fit(rig: "Rig", sound: "np.ndarray", args: argparse.Namespace) -> dict[str, float]:
    """Set the tracker for this voice; what was set, and the share of the voice that has a pitch."""
    from engine.instruments.ddsp.instrument import Ddsp
    from engine.voice.offline_tracking import follow
    from engine.voice_transfer import fit

    voice, instrument = rig.row[:2]
    assert isinstance(instrument, Ddsp)  # nothing else follows a voice
    heard = follow(sound, rig.rate, HOP)
    fitting = fit(heard, instrument.preset.header, HOP, args.transpose)
    values = {"follow": 0, "level": fitting.gain, "transpose": fitting.transpose}
    for name, value in values.items():
        rig.set(voice, name, value)
    voiced = float((heard.voiced > 0).mean())
    return {"transpose": fitting.transpose, "gain": round(fitting.gain, 2), "voiced": round(voiced, 4)}


def _write(args: argparse.Namespace, rig: "Rig", parts: "Iterator[np.ndarray]") -> dict[str, float]:
    """Write the sound part by part; its length in seconds and its peak."""
    from engine.sound_file import writing

    frames, peak = 0, 0.0
    with writing(args.output, rig.rate, args.float) as write:
        for audio in parts:
            write(audio)
            frames, peak = frames + audio.shape[1], max(peak, float(abs(audio).max(initial=0)))
    return {"seconds": round(frames / rig.rate, 6), "peak": peak}


def _moved(semitones: float) -> str:
    """What was done to the pitch, in words."""
    if not semitones:
        return "its pitch is not moved"
    octaves = semitones / 12
    if octaves != int(octaves):
        return f"its pitch is moved by {semitones:+g} semitones"
    return f"its pitch is moved by {octaves:+g} octave{'s' if abs(octaves) > 1 else ''}"


def _read(path: Path, rate: float) -> "np.ndarray":
    """All channels of a recording as one (T,) at a rate in Hz; ValueError or OSError if it is none."""
    import numpy as np
    import soundfile
    import soxr

    if not path.is_file():
        swapped = "; say the voice first, then the instrument" if str(path) in library.everything() else ""
        raise OSError(f"no such recording: {path}{swapped}")
    try:
        samples, own = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.SoundFileError as error:
        raise OSError(f"{path.name} cannot be read as sound: {error}") from None
    if len(samples) < SHORTEST * own:
        raise ValueError(f"{path.name} lasts {len(samples) / own:.2f} s, at least {SHORTEST} s are needed")
    sound = samples.mean(axis=1)
    if not np.isfinite(sound).all() or np.abs(sound).max() > LOUDEST:
        raise ValueError(f"{path.name} is damaged: it has samples that are no sound")
    return soxr.resample(sound, own, rate).astype(np.float32) if own != rate else sound


def _played(rig: "Rig", sound: "np.ndarray", block: int) -> "Iterator[np.ndarray]":
    """What a rig makes of the voice, with a bar for a person who waits."""
    from rich.console import Console
    from rich.progress import track

    from engine.voice_transfer import play

    parts = play(rig, sound, block)
    if not sys.stderr.isatty():
        return iter(parts)
    return iter(track(parts, "playing", -(-len(sound) // block), transient=True, console=Console(stderr=True)))


def _softly(parts: "Iterator[np.ndarray]", frames: float) -> "Iterator[np.ndarray]":
    """The same sound, faded in over so many frames."""
    import numpy as np

    at = 0
    for part in parts:
        yield part * np.minimum((at + np.arange(part.shape[1])) / frames, 1).astype(np.float32)
        at += part.shape[1]


def _without(parts: "Iterator[np.ndarray]", frames: int) -> "Iterator[np.ndarray]":
    """The same sound without its first frames."""
    for part in parts:
        yield part[:, frames:]
        frames = max(frames - part.shape[1], 0)
