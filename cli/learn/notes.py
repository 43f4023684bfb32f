"""Learn a resonance instrument from single notes: one resonance for every key that was recorded."""

import argparse
from dataclasses import asdict
from functools import partial
from pathlib import Path

import engine
from cli.recording_part import parse_part
from engine.preset.preset_file import Preset
from export import reference_output
from export.loudness import normalize
from export.resonance_notes import make_header, make_tensors, with_nominal_level
from train.mapping.mapping_file import read_mapping
from train.mapping.recordings import note_recordings_of
from train.notes import note_cache
from train.notes.learn import Config, Progress
from train.notes.learn import learn as learn_notes
from train.notes.note_recording import read_note_recordings

from .output_path import working_folder
from .progress import DONE, Result, Update, display
from .recordings import header_fields, is_mapping_text, part_files
from .sample_rate import source_rate


def learn(args: argparse.Namespace, path: Path) -> Result:
    """Learn all notes, or those that are done when Ctrl+C is pressed; these are cached beside the preset."""
    chosen = {"modes": args.modes} if args.modes else {}
    mappings = [read_mapping(text) for text in args.recordings if is_mapping_text(text)]
    files = [text for text in args.recordings if not is_mapping_text(text)]
    with part_files(files, args.start, args.length) as recordings, display(args.lines) as show:
        notes = [recorded for mapping in mappings for recorded in note_recordings_of(mapping)]
        notes += read_note_recordings([parse_part(text)[0] for text in files], recordings)
        config = Config(rate=args.rate or source_rate([each.path for each in notes]), seed=args.seed, **chosen)
        folder = working_folder(path)
        learned = learn_notes(notes, config, lambda now: show(_update(now)), folder, args.resume)
    learned.messages[:0] = [message for mapping in mappings for message in mapping.messages()]
    instrument = with_nominal_level(learned)
    made = Preset(
        {**make_header(instrument, config, engine.VERSION), **header_fields(args, path)}, make_tensors(instrument)
    )
    keys = list(instrument.keys)
    preset = normalize(reference_output.add_note_probe(made, keys[len(keys) // 2]))
    ending = "stopped early: only some of the notes are in it; --resume goes on" if instrument.stopped else DONE
    clean_up = None if instrument.stopped else partial(note_cache.clear, folder)
    return Result(preset, ending, {"keys": keys, "words": instrument.messages}, instrument.messages, clean_up)


def _update(now: Progress) -> Update:
    """The update for a note that is done."""
    text = f"{now.done} of {now.all} recordings · {now.text}"
    return Update(now.done / max(now.all, 1), text, asdict(now))
