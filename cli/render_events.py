"""luthier render INSTRUMENT SCORE.json -o OUT.wav: the sound of a score of events, as it is or altered."""

import argparse
import json
from collections.abc import Iterator

import numpy as np

from engine.kinds import kind_of
from engine.preset.preset_file import Preset, read
from session import patch_lookup

BLOCK_SIZE = 1 << 16  # samples written at once
SILENCE = 10 ** (-80 / 20)  # of the peak: the end of the sound below it is cut off


def run(args: argparse.Namespace) -> int:
    """Write the file and print its length and peak."""
    path = patch_lookup.find_instrument(args.preset)
    preset = read(path)
    if not kind_of(preset.header).plays_event_scores:
        raise ValueError(
            f"{path.stem} is of kind {preset.header['kind']}: only one of kind events plays such a score"
        )
    from engine.sound_file.writer import sound_writer

    sound, peak = _sound(preset, args)
    rate = float(args.rate or preset.header["rate"])
    with sound_writer(args.output, rate, args.float) as write:
        for block in _blocks(sound):
            write(np.repeat(block[None], 2, axis=0))
    if args.json:
        print(json.dumps({"path": args.output, "rate": rate, "seconds": round(len(sound) / rate, 6), "peak": peak}))
    else:
        print(f"{args.output}: {len(sound) / rate:.2f} s at {rate:g} Hz, peak {peak:.3f}")
    return 0


def _sound(preset: Preset, args: argparse.Namespace) -> tuple[np.ndarray, float]:
    """The sound (T,) at the rate asked for, and its peak; what would clip is scaled down."""
    from engine.instruments.events import event_score
    from engine.instruments.events.decoder import EventDecoder

    decoder, score = EventDecoder(preset), event_score.read(args.score)
    score = score.strongest(args.keep) if args.keep is not None else score
    if args.context:
        score = score.in_context_of(event_score.read(args.context))
    if args.permute:
        score = score.permuted(decoder.keys, args.seed)
    if args.random:
        score = score.randomized(decoder.keys, args.seed)
    sound = event_score.render(decoder, score)
    if args.rate and args.rate != decoder.rate:
        import soxr

        sound = soxr.resample(sound, decoder.rate, args.rate, "VHQ")
    peak = float(np.abs(sound).max(initial=0.0))
    sound = sound / peak if peak > 1 and not args.float else sound
    audible = np.flatnonzero(np.abs(sound) > SILENCE * max(peak, 1e-9))
    requested = round(args.seconds * (args.rate or decoder.rate)) if args.seconds else len(sound)
    whole = round(score.seconds * (args.rate or decoder.rate))
    end = max(int(audible[-1]) + 1 if len(audible) else 0, whole)
    return sound[: min(end, requested)], peak


def _blocks(sound: np.ndarray) -> Iterator[np.ndarray]:
    for first in range(0, len(sound), BLOCK_SIZE):
        yield np.asarray(sound[first : first + BLOCK_SIZE], np.float32)
