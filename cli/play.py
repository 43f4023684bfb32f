"""luthier play INSTRUMENT: play on the audio device, from MIDI ports, a voice or the demo score.

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
from session import patch_lookup

from . import chain_options, voice_options
from .chain_options import HostedRack
from .playback import hang_recovery, panic_key, plugin_faults, status_line
from .playback.hang_recovery import PluginHang

if TYPE_CHECKING:
    from engine.devices.backend import DeviceInfo
    from engine.devices.stream import Stream
    from engine.midi.midi_score import Score
    from engine.midi.ports import MidiPorts
    from engine.standard_chain import StandardChain

COMPLETED_WORDS = chain_options.COMPLETED_WORDS
DEMO_FILE = "luthier-demo-{}.wav"  # with the name of the instrument
LEAD_SECONDS = 0.2  # before the demo's first note
TAIL_SECONDS = 3.0  # after its last
POLL_SECONDS = 0.05  # between two rounds of the tasks
WARNING_SECONDS = 1.0  # between two warnings of a slow decoder

Task = Callable[[], object]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the instrument, and the devices to play it on."""
    parser.add_argument("preset", metavar="INSTRUMENT", nargs="?", help=chain_options.INSTRUMENT_HELP)
    parser.add_argument(
        "--demo", action="store_true", help="play the demo score; into a file where there is no device"
    )
    parser.add_argument("--mic", action="store_true", help="follow the voice at the microphone, beside the keys")
    voice_options.add_arguments(parser, "not moved")
    parser.add_argument("--midi", metavar="PORT", help="a part of the name of the MIDI ports to open; all otherwise")
    parser.add_argument("--device", metavar="D", help="a part of the audio device's name")
    parser.add_argument(
        "--backend", choices=["jack", "portaudio"], help="the audio system; the first that works otherwise"
    )
    parser.add_argument("--record", metavar="OUT.wav", help="write what is played to a sound file, 32-bit float")
    parser.add_argument("--json", action="store_true", help="print the status as one JSON object per line")
    chain_options.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Play until Ctrl+C, until the demo is over or for --seconds."""
    if args.preset is None and not args.demo:
        raise ValueError("play what? name an INSTRUMENT (`luthier presets` lists them), or say --demo")
    args.preset = _default_instrument() if args.preset is None else args.preset
    hung: list[HostedRack] = []  # alive as long as a thread may come back into them
    while True:
        hosted = chain_options.build(args)
        try:
            status = _play(hosted, args)
        except PluginHang as error:
            hung.append(hosted)
            status_line.print_message(str(error), args.json)
            if hang_recovery.leave_out(args, error.hang):
                continue
            status = 1
        if hung:
            hang_recovery.end(status)
        return status


def _play(hosted: HostedRack, args: argparse.Namespace) -> int:
    """Open the device and play; the exit status. PluginHang."""
    from engine.devices import stream
    from engine.devices.backend import DeviceRequest
    from engine.midi.midi_score import read

    host = hosted.host
    score = read(library.factory_folder() / "demo.mid") if args.demo else None
    request = DeviceRequest(args.device, args.rate, args.block, args.backend, args.midi)
    with contextlib.closing(stream.open(host, request)) as opened:
        if score is not None and opened.state != "playing":
            _render_demo(host, score, args, opened.problem)
            return 0
        _print_differences(opened, args)
        length = LEAD_SECONDS + score.seconds + TAIL_SECONDS if score is not None else math.inf
        with contextlib.ExitStack() as stack:
            stack.callback(_print_faults, host, args)
            tasks = _make_tasks(stack, hosted, opened, args)
            if score is not None:
                tasks.insert(0, _make_playback_task(host, score))
            return _run_tasks(opened, tasks, min(length, args.seconds or math.inf))


def _default_instrument() -> str:
    """The instrument of the demo: the guitar, or the first that is installed."""
    names = list(library.all_presets())
    if not names:
        raise preset_file.PresetError("there are no instruments yet: `luthier learn` makes them")
    return "guitar" if "guitar" in names else names[0]


def _render_demo(host: "StandardChain", score: "Score", args: argparse.Namespace, reason: str) -> None:
    """Render the demo to a file, and print which and why."""
    from engine.render import render_file

    path = DEMO_FILE.format(Path(args.preset).stem)
    status_line.print_message(f"no audio device ({reason}); rendering the demo to {path} in this folder", args.json)
    length, _ = render_file(path, host, score, args.seconds)
    status_line.print_message(f"{path}: {length:.1f} s at {host.rate:g} Hz", args.json)
    _print_faults(host, args)


def _print_faults(host: "StandardChain", args: argparse.Namespace) -> None:
    """Print what went wrong in plugins, if anything did."""
    faults = plugin_faults.describe(host.chain)
    if faults:
        status_line.print_message(faults, args.json)


def _print_differences(opened: "Stream", args: argparse.Namespace) -> None:
    """Print what the device does not do as requested."""
    given = opened.info
    if given is not None and args.rate and given.rate != args.rate:
        status_line.print_message(
            f"{given.device} runs at {given.rate:g} Hz; --rate {args.rate:g} could not be had", args.json
        )
    if given is not None and args.block and given.block and given.block != args.block:
        status_line.print_message(
            f"{given.device} plays {given.block} frames a block; --block {args.block} could not be had", args.json
        )


def _make_tasks(
    stack: contextlib.ExitStack, hosted: HostedRack, opened: "Stream", args: argparse.Namespace
) -> list[Task]:
    """The tasks that `_run_tasks` repeats; `stack` closes what they opened."""
    host = hosted.host
    tasks = [_make_program_change_task(hosted, args), hang_recovery.make_task(host), _make_plugin_task(host, args)]
    if args.mic:
        tasks.append(_make_latency_task(hosted, opened, args))
    if Path(args.preset).suffix.lower() == library.ONNX_SUFFIX:
        tasks.append(_make_decoder_warning_task(hosted, args))
    if args.record:
        tasks.append(stack.enter_context(_record(host, args)))
    ports = stack.enter_context(_open_midi_ports(host, args, opened))
    tasks.append(stack.enter_context(status_line.display(args.json, lambda: status_line.read(opened, host, ports))))
    panic = panic_key.make_poll(host.panic)
    if panic is None:
        return tasks
    status_line.print_message("p and Enter silence everything, Ctrl+C stops", args.json)
    return [*tasks, panic]


def _run_tasks(opened: "Stream", tasks: list[Task], seconds: float) -> int:
    """Run the tasks repeatedly for a time; the exit status, also when Ctrl+C ends it."""
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            for task in tasks:
                task()
            opened.wait(POLL_SECONDS)
    except KeyboardInterrupt:
        return 130
    return 0


def _make_program_change_task(hosted: HostedRack, args: argparse.Namespace) -> Task:
    """Make a task that loads the instrument of a MIDI program change: the N-th of `luthier presets`, from 0."""
    from engine.events import Kind

    def poll() -> None:
        programs = [int(event["key"]) for event in hosted.host.outbox.drain() if event["kind"] == Kind.PROGRAM]
        paths = list(patch_lookup.all_paths().values())
        if not programs or programs[-1] >= len(paths):
            return
        path = paths[programs[-1]]
        try:
            chain_options.load(hosted, args, path)
        except (ValueError, RuntimeError, OSError) as error:  # the present instrument goes on playing
            status_line.print_message(str(error), args.json)
        else:
            status_line.print_message(f"program {programs[-1]}: {path.stem}", args.json)

    return poll


def _make_plugin_task(host: "StandardChain", args: argparse.Namespace) -> Task:
    """Make a task that does what foreign plugins ask for, and says once why one of them has stopped."""
    from engine.instruments import Instrument

    told: set[str] = set()

    def poll() -> None:
        host.poll()
        foreign = [plugin for plugin in host.chain if not isinstance(plugin, Instrument)]
        failures = {plugin.failure for plugin in foreign if plugin.failure}
        for text in sorted(failures - told):
            status_line.print_message(text, args.json)
        told.update(failures)

    return poll


def _make_latency_task(hosted: HostedRack, opened: "Stream", args: argparse.Namespace) -> Task:
    """Make a task that prints the latency from voice to sound, by part, whenever the device changes."""
    from engine.voice_latency import measure_latency

    printed: DeviceInfo | None = None

    def poll() -> None:
        nonlocal printed
        given, rack = opened.info, hosted.rack
        if given is None or not given.block or given == printed:
            return
        printed = given
        if given.input_latency is None:
            status_line.print_message(f"there is no microphone to hear: {given.device} has no input", args.json)
        elif rack.voice is not None:
            host = hosted.host
            latency = measure_latency([rack.voice, rack.instrument], host.rate, given, frames=host.latency)
            status_line.print_message(latency.describe(), args.json)

    return poll


def _make_decoder_warning_task(hosted: HostedRack, args: argparse.Namespace) -> Task:
    """Make a task that warns when a decoder thread was late, at most once a second, or has failed."""
    counted, due, failure = 0, 0.0, ""

    def poll() -> None:
        nonlocal counted, due, failure
        instrument, now = hosted.rack.instrument, time.monotonic()
        late = instrument.late
        if instrument.failure != failure:
            failure = instrument.failure
            status_line.print_message(f"the decoder has failed: {failure}", args.json)
        elif late > counted and now > due and not failure:
            status_line.print_message(f"the decoder is too slow: {late - counted} frames were held", args.json)
            counted, due = late, now + WARNING_SECONDS

    return poll


def _make_playback_task(host: "StandardChain", score: "Score") -> Task:
    """Make a task that plays a score from its beginning."""
    from engine.midi.score_playback import ScorePlayback

    transport = ScorePlayback(host.new_source(), score, host.frame + round(LEAD_SECONDS * host.rate))
    return lambda: transport.feed(host.frame, host.rate)


@contextlib.contextmanager
def _record(host: "StandardChain", args: argparse.Namespace) -> Iterator[Task]:
    """Record what is played from now on, one file for each sample rate of the device."""
    from session.recorders.sound_recorder import Recorder

    recorder = Recorder(host, Path(args.record), float32=True)
    try:
        yield recorder.write
    finally:
        recorder.stop()
    is_empty = host.frame == recorder.rates[0][0]  # no device came
    for path in recorder.paths:
        message = f"{path} is empty: nothing was played" if is_empty else f"{path} is saved"
        status_line.print_message(message, args.json)
    if recorder.capture.lost:
        status_line.print_message(
            f"{args.record}: {recorder.capture.lost} frames are missing: the disk was too slow", args.json
        )


@contextlib.contextmanager
def _open_midi_ports(host: "StandardChain", args: argparse.Namespace, opened: "Stream") -> "Iterator[MidiPorts]":
    """Open MIDI ports while the audio device has none itself, or print why there are none."""
    from engine.midi.ports import MidiPorts

    ports = MidiPorts(host, args.midi)
    ports.idle = lambda: opened.has_midi
    with ports:
        if ports.problem and not opened.has_midi:
            status_line.print_message(ports.problem, args.json)
        yield ports
