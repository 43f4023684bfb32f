"""luthier transfer VOICE INSTRUMENT -o OUT.wav: an instrument follows a recorded voice as it would follow a live one.

The chain of `luthier play --mic`, offline. The voice is scaled to the loudness that the instrument learned and
transposed by octaves into its range; the latency of the chain is removed.
"""

import argparse
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from engine.preset import library

from . import chain_options, voice_options
from .number_ranges import integer, number
from .playback import plugin_faults
from .recording_part import parse_part

if TYPE_CHECKING:
    import numpy as np

    from engine.standard_chain import StandardChain

    from .chain_options import HostedRack

COMPLETED_WORDS = chain_options.COMPLETED_WORDS
HOP_SECONDS = 0.01  # between two frames of the tracking of the whole voice
MIN_VOICE_SECONDS = 0.1
NOT_ONE_VOICE = (
    "{0} does not sound like one voice: a chord, other players or a drone; the instrument plays one note at a time, "
    "and its pitch will jump between them"
)
FADE_SECONDS = 0.005  # fade-in after the latency, perhaps within a note, is cut off


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the voice, the instrument and the file to write."""
    parser.add_argument(
        "voice", metavar="VOICE", help="a recording of one voice, or of one instrument, or FILE@START-END"
    )
    parser.add_argument("preset", metavar="INSTRUMENT", help=chain_options.INSTRUMENT_HELP)
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help="the sound file to write, .wav or .flac")
    voice_options.add_arguments(parser, "it is moved by octaves into the instrument's range")
    parser.add_argument("--rate", type=number(8000, 384000, "Hz"), metavar="HZ", help="the sample rate")
    parser.add_argument("--block", type=integer(1, 4096, "frames"), metavar="N", help="frames computed at once")
    parser.add_argument("--seed", type=integer(0, 2**31 - 1), default=0, metavar="N", help="decides the noise")
    chain_options.add_chain_arguments(parser)
    parser.add_argument("--float", action="store_true", help="32-bit float in place of 24 bits")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(mic=True)


def run(args: argparse.Namespace) -> int:
    """Write the file; print what was done to the voice and the latency that was removed."""
    sound = _read(args.voice, args.rate or chain_options.DEFAULT_RATE)
    if Path(args.output).exists() and Path(args.output).samefile(parse_part(args.voice)[0]):
        raise ValueError(f"{args.output} is the voice itself: write the answer to another file")
    hosted = chain_options.build(args)
    host, rack = hosted.host, hosted.rack
    from engine.voice_latency import measure_latency

    assert rack.voice is not None  # built with a tracker, or refused
    fitted = _fit(hosted, sound, args)
    rendered = _render(host, sound, args.block or 128)
    first = next(rendered)  # its events may switch effects off, which then have no latency
    latency = measure_latency([rack.voice, rack.instrument], host.rate, frames=host.latency)
    removed = round((latency.of_pitch + latency.of_loudness) / 2 * host.rate)
    blocks = _without_start(itertools.chain([first], rendered), removed)
    written = _write(args, host, _faded_in(blocks, FADE_SECONDS * host.rate))
    result = {"path": args.output, "rate": host.rate, **written, **fitted, "removed": removed / host.rate}
    faults = plugin_faults.describe(host.chain)
    if args.json:
        print(json.dumps(result | ({"plugin_faults": faults} if faults else {})))
        return 0
    transposed, louder = _transposition(result["transpose"]), f"its level by {result['gain']:+.1f} dB"
    print(f"{args.voice}: {result['voiced']:.0%} of it has a pitch; {transposed}, {louder}")
    print(f"{latency.describe()}; {1000 * result['removed']:.1f} ms are taken off")
    print(f"{args.output}: {result['seconds']:.2f} s at {host.rate:g} Hz, peak {result['peak']:.3f}")
    if faults:
        print(faults)
    return 0


def _fit(hosted: "HostedRack", sound: "np.ndarray", args: argparse.Namespace) -> dict[str, float]:
    """Set the tracker for this voice; the values set, and the part of the voice that has a pitch."""
    from engine.voice.offline_tracking import track_recording
    from engine.voice_transfer import fit_voice

    host, rack = hosted.host, hosted.rack
    tracked = track_recording(sound, host.rate, HOP_SECONDS)
    fitting = fit_voice(tracked, rack.preset.header, HOP_SECONDS, args.transpose)
    values = {"follow": 0, "level": fitting.gain, "transpose": fitting.transpose, "low": fitting.low}
    for name, value in values.items():
        assert rack.voice is not None
        host.set_param(rack.voice, name, value)
    if not tracked.is_one_voice:
        print(NOT_ONE_VOICE.format(args.voice), file=sys.stderr)
    voiced = float((tracked.voiced > 0).mean())
    return {"transpose": fitting.transpose, "gain": round(fitting.gain, 2), "voiced": round(voiced, 4)}


def _write(args: argparse.Namespace, host: "StandardChain", blocks: "Iterator[np.ndarray]") -> dict[str, float]:
    """Write the sound block by block; its length in seconds and its peak."""
    from engine.sound_file.writer import sound_writer

    frames, peak = 0, 0.0
    with sound_writer(args.output, host.rate, args.float) as write:
        for audio in blocks:
            write(audio)
            frames, peak = frames + audio.shape[1], max(peak, float(abs(audio).max(initial=0)))
    return {"seconds": round(frames / host.rate, 6), "peak": peak}


def _transposition(semitones: float) -> str:
    """The transposition as text."""
    if not semitones:
        return "its pitch is not moved"
    octaves = semitones / 12
    if octaves != int(octaves):
        return f"its pitch is moved by {semitones:+g} semitones"
    return f"its pitch is moved by {octaves:+g} octave{'s' if abs(octaves) > 1 else ''}"


def _read(voice: str, rate: float) -> "np.ndarray":
    """The mean (T,) of the channels of a recording, or of a part of one, at a rate in Hz. ValueError."""
    import numpy as np

    from engine.sound_file import reader

    file, start, length = parse_part(voice)
    path = Path(file)
    try:
        sound = reader.read(path, rate, start, length)
    except reader.RecordingError as error:
        swapped = "; say the voice first, then the instrument" if str(path) in library.all_presets() else ""
        raise ValueError(f"{error}{swapped}") from None
    if sound.seconds < MIN_VOICE_SECONDS:
        raise ValueError(f"{path.name} lasts {sound.seconds:.2f} s, at least {MIN_VOICE_SECONDS} s are needed")
    for notice in sound.notices:
        print(notice, file=sys.stderr)
    return np.asarray(sound.samples.mean(axis=0))


def _render(host: "StandardChain", sound: "np.ndarray", block: int) -> "Iterator[np.ndarray]":
    """The output of a host for the voice, with a progress bar on a terminal."""
    from rich.console import Console
    from rich.progress import track

    from engine.voice_transfer import render_transfer

    blocks = render_transfer(host, sound, block)
    if not sys.stderr.isatty():
        return iter(blocks)
    return iter(track(blocks, "playing", -(-len(sound) // block), transient=True, console=Console(stderr=True)))


def _faded_in(blocks: "Iterator[np.ndarray]", frames: float) -> "Iterator[np.ndarray]":
    """The same sound with a fade-in of so many frames."""
    import numpy as np

    start = 0
    for block in blocks:
        yield block * np.minimum((start + np.arange(block.shape[1])) / frames, 1).astype(np.float32)
        start += block.shape[1]


def _without_start(blocks: "Iterator[np.ndarray]", frames: int) -> "Iterator[np.ndarray]":
    """The same sound without its first frames."""
    for block in blocks:
        yield block[:, frames:]
        frames = max(frames - block.shape[1], 0)
