"""luthier play PRESET: an instrument on the audio device, played from MIDI ports or by the demo score."""

import argparse
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine import library, preset

from . import rows

if TYPE_CHECKING:
    from engine.host import Host
    from engine.sources.score import Score
    from engine.stream import Stream

DEMO = "luthier-demo.wav"
BEGIN = 0.2  # seconds before the demo's first note
RING_OUT = 3.0  # seconds after its last


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which instrument, and through what."""
    parser.add_argument("preset", metavar="PRESET", nargs="?", help="a name or a path")
    parser.add_argument(
        "--demo", action="store_true", help="play the demo score; into a file where there is no device"
    )
    parser.add_argument("--device", metavar="D", help="a part of the audio device's name")
    parser.add_argument(
        "--backend", choices=["jack", "portaudio"], help="the way out; the first that works otherwise"
    )
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
    opened = stream.open(rig, Settings(args.device, args.rate, args.block, args.backend))
    try:
        if score is None:
            _sound(opened, args.seconds)
        elif opened.state == "playing":
            _demonstrate(opened, rig, score, args.seconds)
        else:
            _into_file(rig, score, args.seconds, opened.problem)
    finally:
        opened.close()
    return 0


def _favourite() -> str:
    """The instrument of the demo: the guitar, or the first there is."""
    names = list(library.everything())
    if not names:
        raise preset.PresetError("there are no instruments yet: `luthier learn` makes them")
    return "guitar" if "guitar" in names else names[0]


def _into_file(rig: "Host", score: "Score", seconds: float | None, reason: str) -> None:
    """Render the demo and say where and why."""
    from engine.render import render_to

    print(f"no audio device ({reason}); rendering the demo to {DEMO} in this folder", flush=True)
    length, _ = render_to(DEMO, rig, score, seconds)
    print(f"{DEMO}: {length:.1f} s at {rig.rate:g} Hz")


def _demonstrate(opened: "Stream", host: "Host", score: "Score", seconds: float | None) -> None:
    """Play a score through a device, to its end."""
    from engine.sources.transport import Transport

    transport = Transport(host.source(), score, host.frame + round(BEGIN * host.rate))
    length = min(BEGIN + score.seconds + RING_OUT, seconds or math.inf)
    _sound(opened, length, lambda: transport.feed(host.frame, host.rate))


def _sound(opened: "Stream", seconds: float | None, feed: Callable[[], None] = lambda: None) -> None:
    """Keep the stream alive and tell what changes."""
    ends = time.monotonic() + (seconds or math.inf)
    told = ""
    while time.monotonic() < ends:
        told = _tell(opened, told)
        feed()
        opened.wait(0.05)


def _tell(opened: "Stream", told: str) -> str:
    """Print the state of the device when it is not the one that was told; the state."""
    given = opened.given
    if given is None:
        now = f"waiting for an audio device: {opened.problem}"
    else:
        now = f"playing on {given.device} ({given.backend}) at {given.rate:g} Hz; Ctrl+C stops"
    if now != told:
        print(now, flush=True)
    return now
