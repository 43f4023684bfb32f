"""Plugins of others come, go and change places under a chord, on a JACK server without hardware.

An instrument that Luthier has exported holds a chord, and twenty effects follow it, of LV2 and of CLAP: in each round
some are closed, as many opened, and all change their places, as in the window. The server waits for late clients: a
busy machine makes no clicks, and blocks that are late by our work are counted by the time of the processor.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.acceptance.row import Row, row_at_most
from benchmarks.acceptance.soak import environment, memory_mb
from benchmarks.support.block_times import BlockLog, record_blocks
from benchmarks.support.jack_client import JackClient
from benchmarks.support.jack_server import running
from cli.main import main
from engine.devices import stream
from engine.devices.backend import DeviceRequest
from engine.effects import ROOM
from engine.standard_chain import StandardChain
from session.crash_marker import LoadingMarker
from session.patch import NO_ROOM, PLUGIN, Chain, Effect, Patch
from session.rack_loader import RackLoader

INSTRUMENT, KEYS = "violin", (55, 62, 67)
ROUNDS, SETTLED_ROUND, MIN_ROUNDS = 50, 10, 12
CHANGED = 6  # effects that are closed in a round, and opened anew
STEADY_SECONDS = 0.5  # of a round, with nothing changed
MAX_STEP_RATIO = 1.5  # of a change, to the steepest sound before and after it
MDA, CALF = "lv2:http://drobilla.net/plugins/mda/", "lv2:http://calf.sourceforge.net/plugins/"
LSP, X42 = "lv2:http://lsp-plug.in/plugins/lv2/", "lv2:http://gareus.org/oss/lv2/"
SWH, ZAM = "lv2:http://plugin.org.uk/swh-plugins/", "lv2:urn:zamaudio:"
PLUGINS = (
    *(f"{MDA}{name}" for name in ("Ambience", "Delay", "Leslie", "Limiter", "Stereo")),
    *(f"{CALF}{name}" for name in ("Reverb", "MultiChorus", "Compressor", "VintageDelay")),
    *(f"{LSP}{name}" for name in ("graph_equalizer_x16_stereo", "compressor_stereo")),
    *(f"{X42}{name}" for name in ("fil4#stereo", "dpl#stereo")),
    *(f"{SWH}{name}" for name in ("plate", "flanger")),
    *(f"{ZAM}{name}" for name in ("ZamEQ2", "ZamGEQ31")),
    *(f"/usr/lib/clap/{name}.clap" for name in ("ZamDelay", "ZamCompX2", "ZaMaximX2")),
)


@dataclass
class Changes:
    """What was counted in the rounds until now; memory in MB after each."""

    late: int = 0
    late_by_others: int = 0
    max_load: float = 0.0
    max_ratio: float = 0.0
    worst_round: int = 0
    memory: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def measure(scale: float) -> Iterator[Row]:
    """Play ROUNDS · scale rounds, MIN_ROUNDS at least."""
    with (
        tempfile.TemporaryDirectory() as home,
        environment(XDG_CONFIG_HOME=home),
        running(synchronous=True) as server,
    ):
        instrument = Path(home) / f"{INSTRUMENT}.clap"
        if main(["export", INSTRUMENT, "-o", str(instrument)]):
            raise RuntimeError("the instrument could not be written")
        host = StandardChain(float(server.rate))
        with record_blocks(host.rate) as log, JackClient("ear", server.name) as ear:
            playing = stream.open(host, DeviceRequest(backend="jack"))
            try:
                ear.connect_sound(playing.info.name if playing.info else "")
                found = _play(playing, log, ear, instrument, max(round(ROUNDS * scale), MIN_ROUNDS))
                yield from _rows(found, playing)
            finally:
                playing.close()


def _rows(found: Changes, playing: stream.Stream) -> Iterator[Row]:
    meters = playing.host.meters()
    yield Row("rounds, effects in a row", f"{len(found.memory)}, {len(PLUGINS)}")
    where = f"round {found.worst_round}"
    yield row_at_most(
        "steepest sound of a change, to that before and after", found.max_ratio, MAX_STEP_RATIO, "", where
    )
    yield row_at_most("blocks late by our work or waiting", found.late, 0)
    yield row_at_most("most work of a block", 100 * found.max_load, 100, "% of its time")
    yield Row("blocks the machine was late with", str(found.late_by_others))
    yield Row("under-runs that the server told of", str(meters.xruns))
    yield row_at_most("events that found no room", meters.lost, 0)
    problems = "; ".join(found.problems)[:200]
    yield row_at_most("plugins that could not be opened", len(found.problems), 0, where=problems)
    yield Row(
        f"growth of memory from round {SETTLED_ROUND} on", f"{found.memory[-1] - found.memory[SETTLED_ROUND]:.1f} MB"
    )


def _play(playing: stream.Stream, log: BlockLog, ear: JackClient, instrument: Path, rounds: int) -> Changes:
    """Change the effects round after round."""
    loader, found, random = RackLoader(playing.host, LoadingMarker()), Changes(), np.random.default_rng(14)
    effects = [Effect(PLUGIN, source, number) for number, source in enumerate(PLUGINS, 1)]
    loader.load(Patch(instrument, {}, Chain((Effect(ROOM, NO_ROOM),))), follow_voice=False)
    for key in KEYS:
        playing.host.midi(0x90, key, 90)
    playing.wait(1.0)
    before = _steepest(_listen(playing, ear))
    alone = before
    for number in range(1, rounds + 1):
        log.clear()
        began = ear.recorded
        result = loader.arrange(Patch(instrument, {}, _chain(effects, random)))
        playing.wait(0.2)
        changing = _steepest(ear.since(began))
        after = _steepest(_listen(playing, ear))
        ratio = changing / max(alone, before, after)
        if ratio > found.max_ratio:
            found.max_ratio, found.worst_round = ratio, number
        found.problems += [str(each) for each in result.problems]
        _count(found, log)
        before, effects = after, _replace_some(effects, number, random)
    return found


def _count(found: Changes, log: BlockLog) -> None:
    blocks = log.summarize()
    found.late += blocks.late_by_us
    found.late_by_others += blocks.late_by_others
    found.max_load = max(found.max_load, blocks.max_load)
    found.memory.append(memory_mb())


def _chain(effects: list[Effect], random: np.random.Generator) -> Chain:
    """The effects in any order."""
    return Chain((Effect(ROOM, NO_ROOM), *(effects[i] for i in random.permutation(len(effects)))))


def _replace_some(effects: list[Effect], number: int, random: np.random.Generator) -> list[Effect]:
    """Other instances of some of the effects."""
    chosen = random.permutation(len(effects))[:CHANGED]
    first = (number + 1) * len(PLUGINS)
    return [
        Effect(PLUGIN, each.source, first + place) if place in chosen else each for place, each in enumerate(effects)
    ]


def _listen(playing: stream.Stream, ear: JackClient) -> np.ndarray:
    """The next STEADY_SECONDS of sound (2, T)."""
    began = ear.recorded
    playing.wait(STEADY_SECONDS)
    return ear.since(began)


def _steepest(sound: np.ndarray) -> float:
    """The largest step of a sound (2, T) from frame to frame."""
    return float(np.abs(np.diff(sound)).max())
