"""Sound made without a device: a score as a file, or the demo of an instrument.

python -m session.offline_render JOB.json renders in a process of its own and prints its progress line by line.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import patch_file, rack
from .patch import Chain, from_plain

if TYPE_CHECKING:
    from engine.instruments import Instrument
    from engine.rig import Rig

DEMO = 6.0  # seconds, at most
FADE = 0.3  # seconds in which a demo ends
TAIL = 20.0  # seconds that a sound may take to die away
WRONG = 3  # the exit status that comes with one line on the error stream


@dataclass(frozen=True)
class Job:
    """What is played, as a setting says, and where its sound goes; without a score the instrument's own demo."""

    path: str
    out: str
    score: str = ""
    tempo: float = 1.0
    rate: float = 48_000.0  # Hz
    a4: float = 440.0  # Hz
    values: dict[str, float] = field(default_factory=dict)
    chain: dict[str, Any] | None = None  # of session.patch.Chain; as the file says without it

    def write(self, path: Path) -> None:
        """For the process that does it."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


def perform(job: Job) -> Iterator[float]:
    """Do a job, and say now and then how much of it is done, 0..1. ValueError or OSError say why not."""
    from engine.midi.midi_file import Score, read
    from engine.render import play
    from engine.sound_file import writing

    rig, instrument = _rig(job)
    if job.score:
        plain = read(job.score)
        events: Any = Score(plain.times / job.tempo, plain.messages)
        seconds = plain.seconds / job.tempo
    else:
        events, seconds = _demo(instrument, rig.rate), DEMO
    frames = 0
    with writing(job.out, rig.rate) as write:
        for audio in play(rig, events, None if job.score else DEMO, 1024, TAIL):
            left = seconds * rig.rate - frames - audio.shape[1]
            write(audio if job.score else audio * min(max(left / (FADE * rig.rate), 0.0), 1.0))
            frames += audio.shape[1]
            yield min(frames / (seconds * rig.rate), 1.0)


def _rig(job: Job) -> "tuple[Rig, Instrument]":
    """What plays it, and the instrument, or the first of two."""
    from engine.rig import Rig

    path, values, chain = Path(job.path), dict(job.values), Chain()
    if patch_file.is_saved(path):
        setting = patch_file.load(path)
        path, values, chain = patch_file.model(path, setting), {**setting.values, **values}, setting.chain
    chain = from_plain(job.chain) if job.chain is not None else chain
    rig = Rig(job.rate)
    made, problems = rack.build(path, chain, sung=False)
    if problems:
        raise ValueError(problems[0])
    rig.play(made.row)
    for knob in made.knobs:
        if knob.name in values:
            rig.set(knob.plugin, knob.param.name, values[knob.name])
    rig.set(rig.interpreter, "a4", job.a4)
    return rig, made.instrument


def _demo(instrument: "Instrument", rate: float) -> Any:
    """The beginning of what it was learned from, if it plays that; otherwise the phrase that all are measured by."""
    from engine.midi.midi_file import phrase
    from engine.preset.performance import perform as learned
    from engine.probe import events

    preset = instrument.preset
    notes = next((param.default for param in instrument.params if param.name == "play"), 1.0) > 0.5
    if notes or not len(preset.tensors.get("control_sites", ())):
        keys = preset.header.get("keys", {})
        return phrase(keys.get("low", 0), keys.get("high", 127)).events(rate)
    found = events(learned(preset.header, preset.tensors, "learned"), rate)
    return found[found["frame"] < DEMO * rate]


def main(words: list[str]) -> int:
    """Do the job of a file."""
    job = Job(**json.loads(Path(words[0]).read_text(encoding="utf-8")))
    told = -1
    try:
        for share in perform(job):
            if int(100 * share) > told:
                told = int(100 * share)
                print(json.dumps({"done": share}), flush=True)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return WRONG
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
