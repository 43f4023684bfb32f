"""luthier play PRESET: an instrument on the audio device, played from MIDI ports or by the demo score."""

import argparse
import contextlib
import math
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from engine import library, preset

from . import rows

if TYPE_CHECKING:
    from engine.rig import Rig
    from engine.sources.score import Score
    from engine.stream import Stream

DEMO = "luthier-demo.wav"
BEGIN = 0.2  # seconds before the demo's first note
RING_OUT = 3.0  # seconds after its last
LOOK = 0.05  # seconds between two looks at the device and all else

Chore = Callable[[], object]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which instrument, and through what."""
    parser.add_argument("preset", metavar="PRESET", nargs="?", help="a name or a path")
    parser.add_argument(
        "--demo", action="store_true", help="play the demo score; into a file where there is no device"
    )
    parser.add_argument("--midi", metavar="PORT", help="a part of the name of the MIDI ports to hear; all otherwise")
    parser.add_argument("--device", metavar="D", help="a part of the audio device's name")
    parser.add_argument(
        "--backend", choices=["jack", "portaudio"], help="the way out; the first that works otherwise"
    )
    parser.add_argument("--record", metavar="OUT.wav", help="write what the row plays to a sound file, 32-bit float")
    rows.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Play until Ctrl+C, until the demo is over or for --seconds."""
    if args.preset is None and not args.demo:
        raise ValueError("play what? name a PRESET (`luthier presets` lists them), or say --demo")
    args.preset = args.preset or _favourite()
    rig = rows.build(args)
    from engine import stream
    from engine.outlet import Settings
    from engine.sources.score import read

    score = read(library.factory_folder() / "demo.mid") if args.demo else None
    with contextlib.closing(stream.open(rig, Settings(args.device, args.rate, args.block, args.backend))) as opened:
        if score is not None and opened.state != "playing":
            _into_file(rig, score, args.seconds, opened.problem)
            return 0
        length = BEGIN + score.seconds + RING_OUT if score is not None else math.inf
        with contextlib.ExitStack() as ends:
            chores = [_teller(opened)]
            if score is not None:
                chores.append(_conductor(rig, score))
            if args.record:
                chores.append(ends.enter_context(_recorder(rig, args.record)))
            chores.append(_programs(rig, args))
            ends.enter_context(_keyboards(rig, args.midi, opened))
            return _keep(opened, chores, min(length, args.seconds or math.inf))


def _favourite() -> str:
    """The instrument of the demo: the guitar, or the first there is."""
    names = list(library.everything())
    if not names:
        raise preset.PresetError("there are no instruments yet: `luthier learn` makes them")
    return "guitar" if "guitar" in names else names[0]


def _into_file(rig: "Rig", score: "Score", seconds: float | None, reason: str) -> None:
    """Render the demo and say where and why."""
    from engine.render import render_to

    print(f"no audio device ({reason}); rendering the demo to {DEMO} in this folder", flush=True)
    length, _ = render_to(DEMO, rig, score, seconds)
    print(f"{DEMO}: {length:.1f} s at {rig.rate:g} Hz")


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


def _teller(opened: "Stream") -> Chore:
    """Tells how the device is, when that changes."""
    told = ""

    def tell() -> None:
        nonlocal told
        given = opened.given
        if given is None:
            now = f"waiting for an audio device: {opened.problem}"
        elif given.block == 0:
            return  # it has not asked for a block yet
        else:
            delay = 1000 * (given.latency + given.block / given.rate)
            now = (
                f"playing on {given.device} ({given.backend}) at {given.rate:g} Hz, {given.block} frames a block, "
                f"{delay:.1f} ms from key to speaker{'' if given.realtime else ', not realtime'}; Ctrl+C stops"
            )
        if now != told:
            told = now
            print(now, flush=True)

    return tell


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
            rig.play(rows.row(args, path))
        except ValueError as error:  # the one that plays goes on
            print(error, flush=True)
        else:
            print(f"program {asked[-1]}: {path.stem}", flush=True)

    return change


def _conductor(rig: "Rig", score: "Score") -> Chore:
    """Plays a score, from its beginning."""
    from engine.sources.transport import Transport

    transport = Transport(rig.source(), score, rig.frame + round(BEGIN * rig.rate))
    return lambda: transport.feed(rig.frame, rig.rate)


@contextlib.contextmanager
def _recorder(rig: "Rig", path: str) -> Iterator[Chore]:
    """Writes what the row plays from now on."""
    from engine.wav import writing

    tape = rig.tape
    with writing(path, rig.rate, float32=True) as write:
        tape.run()
        yield lambda: write(tape.take())
        tape.run(False)
        write(tape.take())
    if tape.lost:
        print(f"{path}: {tape.lost} frames are missing: the disk was too slow")


@contextlib.contextmanager
def _keyboards(rig: "Rig", wanted: str | None, opened: "Stream") -> Iterator[None]:
    """Hears MIDI ports while the audio device does not bring them itself, or says why there are none."""
    from engine.sources.ports import MidiPorts

    with MidiPorts(rig, wanted) as ports:
        ports.idle = lambda: opened.brings_midi
        if ports.problem and not opened.brings_midi:
            print(ports.problem, flush=True)
        yield
