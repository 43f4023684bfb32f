"""luthier play PRESET: an instrument on the audio device, played from MIDI ports or by the demo score."""

import argparse
import time
from typing import TYPE_CHECKING

from engine import library, preset

from .rows import RATE, build
from .values import add_sound

if TYPE_CHECKING:
    from engine.host import Host
    from engine.sources.score import Score
    from engine.stream import Stream

DEMO = "luthier-demo.wav"
AHEAD = 0.5  # seconds of a score that wait in the engine's queue
RING_OUT = 3.0  # seconds after the last event of the demo


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
    add_sound(parser)


def run(args: argparse.Namespace) -> int:
    """Play until Ctrl+C, until the demo is over or for --seconds."""
    if args.preset is None and not args.demo:
        raise ValueError("play what? name a PRESET (`luthier presets` lists them), or say --demo")
    rig = build(args.preset or _favourite(), args.rate or RATE, args.seed, args.channel)
    from engine import stream
    from engine.outlet import Settings
    from engine.sources.score import read

    score = read(library.factory_folder() / "demo.mid") if args.demo else None
    opened = stream.open(rig, Settings(args.device, args.rate, args.block, args.backend))
    try:
        if score is not None and opened.state != "playing":
            return _into_file(rig, score, args.seconds, opened.problem)
        _sound(opened, rig, score, args.seconds)
    finally:
        opened.close()
    return 0


def _favourite() -> str:
    """The instrument of the demo: the guitar, or the first there is."""
    names = list(library.everything())
    if not names:
        raise preset.PresetError("there are no instruments yet: `luthier learn` makes them")
    return "guitar" if "guitar" in names else names[0]


def _into_file(rig: "Host", score: "Score", seconds: float | None, reason: str) -> int:
    """Render the demo and say where and why."""
    from engine.render import render_to

    print(f"no audio device ({reason}); rendering the demo to {DEMO} in this folder")
    length, _ = render_to(DEMO, rig, score, seconds)
    print(f"{DEMO}: {length:.1f} s at {rig.rate:g} Hz")
    return 0


def _sound(opened: "Stream", host: "Host", score: "Score | None", seconds: float | None) -> None:
    """Keep the stream alive, feed the score and tell what changes."""
    ends = time.monotonic() + seconds if seconds else float("inf")
    player = _Player(host, score) if score is not None else None
    told = ""
    while time.monotonic() < ends and not (player and player.over()):
        told = _tell(opened, told)
        if player and opened.state == "playing":
            player.feed()
        opened.wait(0.05)


class _Player:
    """Sends a score to a host that plays, a little ahead of time."""

    def __init__(self, host: "Host", score: "Score") -> None:
        self._host = host
        self._events = score.events(host.rate)
        self._origin = host.frame + round(0.1 * host.rate)
        self._next = 0

    def feed(self) -> None:
        """Send what comes next."""
        until = self._host.frame - self._origin + AHEAD * self._host.rate
        while self._next < len(self._events) and self._events[self._next]["frame"] <= until:
            event = self._events[self._next]
            if not self._host.events.push(
                int(event["kind"]), int(event["key"]), 0.0, frame=self._origin + int(event["frame"]),
                channel=0, note=int(event["note"]), target=0,
            ):  # fmt: skip
                return
            self._next += 1

    def over(self) -> bool:
        """Whether all has been sent and has rung out."""
        done = self._next == len(self._events)
        last = int(self._events[-1]["frame"]) if len(self._events) else 0
        return done and self._host.frame > self._origin + last + RING_OUT * self._host.rate


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
