"""Punctuality of the audio: callbacks, and notes from another JACK client, on a busy computer.

    python -m benchmarks.engine.callback_punctuality [--seconds 60] [--notes 1000] [--json]

Measured on a JACK server without hardware, 128 frames at 48 kHz, with realtime priority where that is allowed; beside
two Python threads that compute and allocate continuously, and a process for every further core.
"""

import argparse
import contextlib
import time
from collections.abc import Callable, Iterator

import jack
import numpy as np

from benchmarks.support.constant_and_impulse import ConstantTone
from benchmarks.support.cpu_load import CpuLoad
from benchmarks.support.jack_client import NEVER, UNKNOWN, note_delays
from benchmarks.support.jack_server import Server, running
from benchmarks.support.measurement import Measurement, print_measurements
from engine.devices import jack_connection, stream
from engine.devices.backend import DeviceRequest
from engine.host import Host
from engine.midi.drivers import driver
from engine.midi.ports import MidiPorts


def main() -> None:
    """Measure, and print the measurements."""
    parser = argparse.ArgumentParser(description="Punctuality of the audio callback and of notes.")
    parser.add_argument("--seconds", type=float, default=60.0, help="of callbacks beside busy threads")
    parser.add_argument("--notes", type=int, default=1000, help="played to the JACK port")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    args = parser.parse_args()
    print_measurements(measure(args.seconds, args.notes), args.json)


def measure(seconds: float, notes: int) -> list[Measurement]:
    """Measure callbacks, for so many seconds for each kind of callback, and notes, idle and under load."""
    with running() as server:
        mode = "realtime" if server.realtime else "not realtime"
        rows = [
            Measurement(f"callbacks on time, compiled, {mode}", _measure_compiled(server, seconds), "%", 99.8),
            Measurement(f"callbacks on time, in Python, {mode}", _measure_python(server, min(seconds, 10.0)), "%"),
        ]
        rows += _notes(server, notes, busy=False) + _notes(server, notes, busy=True)
        return [*rows, _measure_rtmidi(server, min(notes, 200))]


def _measure_compiled(server: Server, seconds: float) -> float:
    """Percentage of blocks for which our callback was called, beside busy threads."""
    with _playing() as playing, CpuLoad():
        return _measure_share(lambda: playing.host.meters().blocks, server, seconds)


def _measure_python(server: Server, seconds: float) -> float:
    """The same for a callback in Python that outputs silence."""
    client = jack.Client("python", no_start_server=True)
    port = client.outports.register("out_1")
    blocks = 0

    def process(frames: int) -> None:
        nonlocal blocks
        blocks += 1
        port.get_array()[:] = 0

    client.set_process_callback(process)
    with client, CpuLoad():
        return _measure_share(lambda: blocks, server, seconds)


def _measure_share(count: Callable[[], int], server: Server, seconds: float) -> float:
    """Percentage of the expected blocks that were counted."""
    time.sleep(0.2)
    before, start = count(), time.perf_counter()
    time.sleep(seconds)
    counted, elapsed = count() - before, time.perf_counter() - start
    return 100 * counted / (elapsed * server.rate / server.block)


def _notes(server: Server, notes: int, busy: bool) -> list[Measurement]:
    """Delay from a note to its sound in blocks, its spread, and lost notes."""
    where = "beside busy threads" if busy else "at rest"
    with _playing() as playing, CpuLoad(2 if busy else 0, None if busy else 0):
        delays = note_delays(playing.info.name, notes, 10 + notes * 2200 / server.rate)
    heard = delays[delays >= 0]
    delay, spread = (np.max(heard) / server.block, np.ptp(heard)) if len(heard) else (np.inf, np.inf)
    return [
        Measurement(f"note to sound, {where}: latest", float(delay), "blocks", 2, goal_is_max=True),
        Measurement(f"note to sound, {where}: spread", float(spread), "frames", 1, goal_is_max=True),
        Measurement(f"notes {where}: never heard", notes - len(delays) + int(np.sum(delays == NEVER)), f"of {notes}"),
        Measurement(
            f"notes {where}: JACK's own time jumped meanwhile", int(np.sum(delays == UNKNOWN)), f"of {notes}"
        ),
    ]


def _measure_rtmidi(server: Server, notes: int) -> Measurement:
    """Delay of a note that comes through rtmidi and Python instead."""
    interval = server.rate // 5
    with (
        _playing() as playing,
        MidiPorts(playing.host, system=driver("jack")),
        jack_connection.open_client() as client,
    ):
        port = client.get_ports("^Luthier:", is_midi=True, is_input=True)[0].name
        with CpuLoad():
            delays = note_delays(playing.info.name, notes, 10 + notes * interval / server.rate, interval, port)
    delay = 1000 * np.percentile(delays[delays >= 0], 99) / server.rate
    return Measurement("note to sound through rtmidi, beside busy threads: 99 %", float(delay), "ms")


@contextlib.contextmanager
def _playing() -> Iterator[stream.Stream]:
    """A stream that plays a minimal instrument on the server."""
    host = Host(48_000.0)
    host.play([ConstantTone()])
    playing = stream.open(host, DeviceRequest(backend="jack"))
    try:
        yield playing
    finally:
        playing.close()


if __name__ == "__main__":
    main()
