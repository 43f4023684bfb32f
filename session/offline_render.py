"""Offline render of a score, or of the demo of an instrument, to a sound file.

python -m session.offline_render JOB.json renders in its own process and prints its progress line by line.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.atomic_write import error_line

from . import patch_lookup, rack
from .patch import Patch, chain_from_json

if TYPE_CHECKING:
    from engine.plugin import Plugin
    from engine.standard_chain import StandardChain

DEMO_SECONDS = 6.0
FADE_SECONDS = 0.3  # fade-out of a demo
MAX_TAIL_SECONDS = 20.0  # after the last event
EXIT_FAILED = 3  # exit status with one line on stderr


@dataclass(frozen=True)
class RenderJob:
    """A patch, a score and the sound file to write; without a score the demo of the instrument."""

    path: str
    out: str
    score: str = ""
    tempo: float = 1.0
    rate: float = 48_000.0  # Hz
    a4: float = 440.0  # Hz
    values: dict[str, float] = field(default_factory=dict)
    chain: dict[str, Any] | None = None  # as `Chain.plain` gives it; None: that of the file

    def write(self, path: Path) -> None:
        """Write the job to a file for the process that carries it out."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


def render(job: RenderJob) -> Iterator[float]:
    """Carry out a job; yields the share that is done, 0..1. ValueError or OSError."""
    from engine.midi.midi_score import Score, read, without_drums
    from engine.render import render_on_time
    from engine.sound_file.writer import sound_writer

    host, instrument = _make_host(job)
    if job.score:
        plain = without_drums(read(job.score))
        events: Any = Score(plain.times / job.tempo, plain.messages)
        seconds = plain.seconds / job.tempo
    else:
        events, seconds = _demo(instrument, host.rate), DEMO_SECONDS
    frames = 0
    with sound_writer(job.out, host.rate) as write:
        for audio in render_on_time(host, events, None if job.score else DEMO_SECONDS, 1024, MAX_TAIL_SECONDS):
            left = seconds * host.rate - frames - audio.shape[1]
            write(audio if job.score else audio * min(max(left / (FADE_SECONDS * host.rate), 0.0), 1.0))
            frames += audio.shape[1]
            yield min(frames / (seconds * host.rate), 1.0)


def _make_host(job: RenderJob) -> "tuple[StandardChain, Plugin]":
    """The host that plays a job, and the instrument, the first of two."""
    from engine.standard_chain import StandardChain

    chain = chain_from_json(job.chain) if job.chain is not None else None
    host = StandardChain(job.rate)
    loaded = rack.load(host, patch_lookup.resolve(Patch(Path(job.path), dict(job.values), chain)))
    host.set_param(host.interpreter, "a4", job.a4)
    return host, loaded.instrument


def _demo(instrument: "Plugin", rate: float) -> Any:
    """The start of the learned performance if the instrument plays as learned, else the phrase of loudness tests."""
    from engine.instruments import Instrument
    from engine.kinds import PLAY_PARAM
    from engine.midi.midi_score import loudness_phrase
    from engine.preset.control_performance import has_performance, perform
    from engine.reference_output import event_array

    if not isinstance(instrument, Instrument):
        return loudness_phrase(0, 127).events(rate)
    preset = instrument.preset
    notes = next((param.default for param in instrument.params if param.name == PLAY_PARAM), 1.0) > 0.5
    if notes or not has_performance(preset.tensors):
        keys = preset.header.get("keys", {})
        return loudness_phrase(keys.get("low", 0), keys.get("high", 127)).events(rate)
    found = event_array(perform(preset.header, preset.tensors, "learned"), rate)
    return found[found["frame"] < DEMO_SECONDS * rate]


def main(arguments: list[str]) -> int:
    """Carry out the job in a file; the exit status."""
    job = RenderJob(**json.loads(Path(arguments[0]).read_text(encoding="utf-8")))
    percent = -1
    try:
        for done in render(job):
            if int(100 * done) > percent:
                percent = int(100 * done)
                print(json.dumps({"done": done}), flush=True)
    except (ValueError, OSError) as error:
        print(error_line(error), file=sys.stderr)
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
