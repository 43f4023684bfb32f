"""luthier play PRESET: an instrument on the audio device, played from MIDI ports, by a voice or by the demo score.

On a terminal `p` and Enter silence everything that sounds; Ctrl+C ends it.
"""

import argparse
import contextlib
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from engine.preset import library, preset_file

from . import chain_options, panic_key, status_line, voice_options

if TYPE_CHECKING:
    import numpy as np

    from engine.devices.backend import Given
    from engine.devices.stream import Stream
    from engine.midi.midi_file import Score
    from engine.midi.ports import MidiPorts
    from engine.rig import Rig

DEMO = "luthier-demo-{}.wav"  # with the name of the instrument
BEGIN = 0.2  # seconds before the demo's first note
RING_OUT = 3.0  # seconds after its last
LOOK = 0.05  # seconds between two looks at the device and all else

Chore = Callable[[], object]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which instrument, and through what."""
    parser.add_argument("preset", metavar="PRESET", nargs="?", help="a name or a path, also of an ONNX decoder")
    parser.add_argument(
        "--demo", action="store_true", help="play the demo score; into a file where there is no device"
    )
    parser.add_argument("--mic", action="store_true", help="follow the voice at the microphone, beside the keys")
    voice_options.add_arguments(parser, "not moved")
    parser.add_argument("--midi", metavar="PORT", help="a part of the name of the MIDI ports to hear; all otherwise")
    parser.add_argument("--device", metavar="D", help="a part of the audio device's name")
    parser.add_argument(
        "--backend", choices=["jack", "portaudio"], help="the way out; the first that works otherwise"
    )
    parser.add_argument("--record", metavar="OUT.wav", help="write what the row plays to a sound file, 32-bit float")
    parser.add_argument("--json", action="store_true", help="tell how it goes as one JSON object per line")
    chain_options.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Play until Ctrl+C, until the demo is over or for --seconds."""
    if args.preset is None and not args.demo:
        raise ValueError("play what? name a PRESET (`luthier presets` lists them), or say --demo")
    args.preset = args.preset or _favourite()
    rig = chain_options.build(args)
    from engine.devices import stream
    from engine.devices.backend import Settings
    from engine.midi.midi_file import read

    score = read(library.factory_folder() / "demo.mid") if args.demo else None
    settings = Settings(args.device, args.rate, args.block, args.backend, args.midi)
    with contextlib.closing(stream.open(rig, settings)) as opened:
        if score is not None and opened.state != "playing":
            _into_file(rig, score, args, opened.problem)
            return 0
        _say_given(opened, args)
        length = BEGIN + score.seconds + RING_OUT if score is not None else math.inf
        with contextlib.ExitStack() as ends:
            chores = _chores(ends, rig, opened, args)
            if score is not None:
                chores.insert(0, _conductor(rig, score))
            return _keep(opened, chores, min(length, args.seconds or math.inf))


def _favourite() -> str:
    """The instrument of the demo: the guitar, or the first there is."""
    names = list(library.everything())
    if not names:
        raise preset_file.PresetError("there are no instruments yet: `luthier learn` makes them")
    return "guitar" if "guitar" in names else names[0]


def _into_file(rig: "Rig", score: "Score", args: argparse.Namespace, reason: str) -> None:
    """Render the demo and say where and why."""
    from engine.render import render_to

    path = DEMO.format(Path(args.preset).stem)
    status_line.say(f"no audio device ({reason}); rendering the demo to {path} in this folder", args.json)
    length, _ = render_to(path, rig, score, args.seconds)
    status_line.say(f"{path}: {length:.1f} s at {rig.rate:g} Hz", args.json)


def _say_given(opened: "Stream", args: argparse.Namespace) -> None:
    """Say what was asked of the device and not given."""
    given = opened.given
    if given is not None and args.rate and given.rate != args.rate:
        status_line.say(f"{given.device} runs at {given.rate:g} Hz; --rate {args.rate:g} could not be had", args.json)
    if given is not None and args.block and given.block and given.block != args.block:
        status_line.say(
            f"{given.device} plays {given.block} frames a block; --block {args.block} could not be had", args.json
        )


def _chores(ends: contextlib.ExitStack, rig: "Rig", opened: "Stream", args: argparse.Namespace) -> list[Chore]:
    """What is to be done again and again; `ends` ends it."""
    chores = [_programs(rig, args)]
    if args.mic:
        chores.append(_lateness(rig, opened, args))
    if Path(args.preset).suffix.lower() == library.ONNX:
        chores.append(_slowness(rig, args))
    if args.record:
        chores.append(ends.enter_context(_recorder(rig, args)))
    ports = ends.enter_context(_keyboards(rig, args, opened))
    chores.append(ends.enter_context(status_line.shown(args.json, lambda: status_line.read(opened, rig, ports))))
    panic = panic_key.listener(rig.panic)
    if panic is None:
        return chores
    status_line.say("p and Enter silence everything, Ctrl+C stops", args.json)
    return [*chores, panic]


def _keep(opened: "Stream", chores: list[Chore], seconds: float) -> int:
    """Play on, and do the chores again and again; the exit status, also when Ctrl+C ends it."""
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            for chore in chores:
                chore()
            opened.wait(LOOK)
    except KeyboardInterrupt:
        return 130
    return 0


def _programs(rig: "Rig", args: argparse.Namespace) -> Chore:
    """Changes the instrument when a keyboard asks for it: program N is the N-th of `luthier presets`, from 0."""
    from engine.events import Kind

    def change() -> None:
        asked = [int(event["key"]) for event in rig.outbox.take() if event["kind"] == Kind.PROGRAM]
        paths = list(library.everything().values())
        if not asked or asked[-1] >= len(paths):
            return
        path = paths[asked[-1]]
        try:
            rig.play(chain_options.row(args, path))
            chain_options.settle(rig, args)
        except (ValueError, RuntimeError) as error:  # no such plugin, or a device that stalls: what plays goes on
            status_line.say(str(error), args.json)
        else:
            status_line.say(f"program {asked[-1]}: {path.stem}", args.json)

    return change


def _lateness(rig: "Rig", opened: "Stream", args: argparse.Namespace) -> Chore:
    """Says how late the instrument follows the voice, by part, when that is known and whenever it changes."""
    from engine.voice_latency import latency

    told: Given | None = None

    def tell() -> None:
        nonlocal told
        given = opened.given
        if given is None or not given.block or given == told:
            return
        told = given
        if given.input_latency is None:
            status_line.say(f"there is no microphone to hear: {given.device} has no input", args.json)
        else:
            status_line.say(latency(rig.row, rig.rate, given).words(), args.json)

    return tell


def _slowness(rig: "Rig", args: argparse.Namespace) -> Chore:
    """Says when a decoder on another thread did not answer in time, once a second at most, or has failed."""
    told, due, failed = 0, 0.0, ""

    def tell() -> None:
        nonlocal told, due, failed
        player = rig.row[1 if args.mic else 0]
        late, now = player.late, time.monotonic()
        if player.failure != failed:
            failed = player.failure
            status_line.say(f"the decoder has failed: {failed}", args.json)
        elif late > told and now > due and not failed:
            status_line.say(f"the decoder is too slow: {late - told} frames were held", args.json)
            told, due = late, now + 1.0

    return tell


def _conductor(rig: "Rig", score: "Score") -> Chore:
    """Plays a score, from its beginning."""
    from engine.midi.playback import Transport

    transport = Transport(rig.source(), score, rig.frame + round(BEGIN * rig.rate))
    return lambda: transport.feed(rig.frame, rig.rate)


@contextlib.contextmanager
def _recorder(rig: "Rig", args: argparse.Namespace) -> Iterator[Chore]:
    """Writes what the row plays from now on, a file for each rate that the device comes to have."""
    from engine.sound_file import writing

    tape, first = rig.tape, Path(args.record)
    made: list[tuple[float, Path, Callable[[np.ndarray], None]]] = []
    with contextlib.ExitStack() as files:

        def go_on() -> None:
            if made:
                made[-1][2](tape.take())
            if not made or made[-1][0] != rig.rate:
                path = first.with_stem(f"{first.stem}-{len(made) + 1}") if made else first
                made.append((rig.rate, path, files.enter_context(writing(path, rig.rate, float32=True))))

        go_on()
        tape.run()
        yield go_on
        tape.run(False)
        go_on()
    for _, path, _ in made:
        status_line.say(f"{path} is saved", args.json)
    if tape.lost:
        status_line.say(f"{args.record}: {tape.lost} frames are missing: the disk was too slow", args.json)


@contextlib.contextmanager
def _keyboards(rig: "Rig", args: argparse.Namespace, opened: "Stream") -> "Iterator[MidiPorts]":
    """Hears MIDI ports while the audio device does not bring them itself, or says why there are none."""
    from engine.midi.ports import MidiPorts

    ports = MidiPorts(rig, args.midi)
    ports.idle = lambda: opened.brings_midi
    with ports:
        if ports.problem and not opened.brings_midi:
            status_line.say(ports.problem, args.json)
        yield ports
