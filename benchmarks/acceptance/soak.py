"""A long session on a JACK server without hardware: instruments, notes and effects change until the time is over.

In each scene another factory instrument replaces the one that plays under a held chord, with other effects, some with
a second instrument; more notes are struck, the effects are changed around them, and all keys are released.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.support.block_times import BlockLog, BlockSummary, record_blocks
from benchmarks.support.jack_server import running
from engine.devices import stream
from engine.devices.backend import DeviceRequest
from engine.effects import EFFECTS, ROOM
from engine.preset import library
from engine.preset.preset_file import SUFFIX
from engine.standard_chain import StandardChain
from session.crash_marker import LoadingMarker
from session.patch import NO_SPLIT, Chain, Effect, Layer, Patch
from session.rack_loader import RackLoader

from .row import Row, row_at_most

SOAK_SECONDS = 600.0  # at full length
NOTES_PER_SCENE, STRIKE_SECONDS, SETTLE_SECONDS = 16, 0.12, 0.3
MAX_TAIL_SECONDS = 10.0  # after the release, until no voice sounds
MAX_GROWTH_MB, MAX_MISSED_PERCENT = 24.0, 0.2  # goals: of memory after every instrument was played, of the time
WARM_ROUNDS = 1  # in which every instrument was played, before the memory is measured
LAYER_SHARE, EFFECT_SHARE = 0.25, 0.5  # of the scenes with a second instrument, with each effect
OPTIONAL_EFFECTS = tuple(kind for kind in EFFECTS if kind != ROOM)


@dataclass
class Soak:
    """What was counted until now; memory in MB."""

    scenes: int = 0
    hung: int = 0
    down: int = 0  # keys that the interpreter held after all were released
    blocks: list[BlockSummary] = field(default_factory=list)
    first_memory: float = 0.0
    last_memory: float = 0.0
    problems: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)  # instrument and count of late blocks of the scenes with any


def measure(scale: float) -> Iterator[Row]:
    """Play for SOAK_SECONDS · scale, but until every instrument was played WARM_ROUNDS times and once more."""
    with tempfile.TemporaryDirectory() as home, environment(XDG_CONFIG_HOME=home), running() as server:
        host = StandardChain(float(server.rate))
        with record_blocks(host.rate) as log:
            playing = stream.open(host, DeviceRequest(backend="jack"))
            try:
                yield from _rows(_play(playing, log, SOAK_SECONDS * scale), playing, server.realtime)
            finally:
                playing.close()


def _rows(soak: Soak, playing: stream.Stream, realtime: bool) -> Iterator[Row]:
    """The rows of a soak."""
    count, meters = sum(part.count for part in soak.blocks), playing.host.meters()
    mode = "realtime priority" if realtime else "no realtime priority"
    seconds = count * playing.info.block / playing.host.rate if playing.info else 0.0
    yield Row(f"played, with {mode}", f"{seconds:.0f} s, {soak.scenes} scenes, {count} blocks")
    late = sum(part.late_by_us for part in soak.blocks)
    yield row_at_most("blocks late by our work or waiting", late, 0, where=", ".join(soak.late)[:200])
    yield row_at_most("most work of a block", 100 * max(part.max_load for part in soak.blocks), 100, "% of its time")
    yield Row("blocks the machine was late with", str(sum(part.late_by_others for part in soak.blocks)))
    missed = 100 * playing._device.missed / max(seconds * playing.host.rate, 1) if playing._device else 100.0
    yield row_at_most("frames that the server went on without us", missed, MAX_MISSED_PERCENT, "%")
    yield Row("under-runs that the server told of", str(meters.xruns))
    yield row_at_most("times that the device was lost", playing.reopened, 0)
    yield row_at_most("events that found no room", meters.lost, 0)
    yield row_at_most(f"voices that sound {MAX_TAIL_SECONDS:g} s after the release", soak.hung, 0)
    yield row_at_most("keys held after the release", soak.down, 0)
    problems = "; ".join(soak.problems)[:200]
    yield row_at_most("instruments or effects that could not be loaded", len(soak.problems), 0, where=problems)
    yield Row("memory", f"{soak.last_memory:.0f} MB")
    growth = soak.last_memory - soak.first_memory
    yield row_at_most("its growth after every instrument was played", growth, MAX_GROWTH_MB, "MB")


def _play(playing: stream.Stream, log: BlockLog, seconds: float) -> Soak:
    """Play scene after scene."""
    soak, random, loader = Soak(), np.random.default_rng(1), RackLoader(playing.host, LoadingMarker())
    paths = sorted(library.factory_folder().glob("*" + SUFFIX))
    end, warm = time.monotonic() + seconds, WARM_ROUNDS * len(paths)
    log.clear()
    playing.host.reset_meters()
    while time.monotonic() < end or soak.scenes <= warm + len(paths):
        _play_scene(playing, loader, paths, soak, random)
        soak.scenes += 1
        summary = log.summarize()
        log.clear()
        soak.blocks.append(summary)
        if summary.late_by_us:
            soak.late.append(f"{paths[(soak.scenes - 1) % len(paths)].stem} {summary.late_by_us}")
        soak.last_memory = memory_mb()
        if soak.scenes == warm:
            soak.first_memory = soak.last_memory
    return soak


def _play_scene(
    playing: stream.Stream, loader: RackLoader, paths: list[Path], soak: Soak, random: np.random.Generator
) -> None:
    """One instrument after the one before it, which a chord still plays."""
    host, path = playing.host, paths[soak.scenes % len(paths)]
    for key in (52, 59, 64):
        host.midi(0x90, key, 90)
    playing.wait(SETTLE_SECONDS)
    loaded = loader.load(Patch(path, {}, _chain(paths, random)), follow_voice=False)
    soak.problems += [f"{path.stem}: {each}" for each in loaded.problems]
    for number in range(NOTES_PER_SCENE):
        host.midi(0x90, int(random.integers(36, 97)), int(random.integers(1, 128)))
        host.midi(0xE0, 0, int(random.integers(128)))
        playing.wait(STRIKE_SECONDS)
        if number % 5 == 4:
            arranged = loader.arrange(Patch(path, {}, _chain(paths, random)))
            soak.problems += [f"{path.stem}: {each}" for each in arranged.problems]
    for key in range(128):
        host.midi(0x80, key, 0)
        if key % 32 == 31:
            playing.wait(0.02)
    until = host.frame + round(MAX_TAIL_SECONDS * host.rate)
    while host.meters().voices and host.frame < until:
        playing.wait(0.02)
    soak.hung += host.meters().voices
    soak.down += int(np.count_nonzero(host.interpreter.state["notes"]["down"]))


def _chain(paths: list[Path], random: np.random.Generator) -> Chain:
    """Some effects, with a room, in any order, and at times a second instrument."""
    kinds = [kind for kind in OPTIONAL_EFFECTS if random.random() < EFFECT_SHARE]
    effects = [Effect(ROOM), *map(Effect, kinds)]
    order = random.permutation(len(effects))
    layer = Layer(str(paths[int(random.integers(len(paths)))]), NO_SPLIT if random.random() < 0.5 else 60)
    return Chain(tuple(effects[i] for i in order), layer if random.random() < LAYER_SHARE else None)


def memory_mb() -> float:
    """Resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextlib.contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Set environment variables for a while."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
