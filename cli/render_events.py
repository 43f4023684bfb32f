"""luthier render PRESET SCORE.json -o OUT.wav: put together again what was taken apart, or something else of it."""

import argparse
import json
from collections.abc import Iterator

import numpy as np

from engine.preset import library
from engine.preset.preset_file import Preset, read

BLOCK = 1 << 16  # samples that are written at once
FLOOR = 10 ** (-80 / 20)  # what is softer than that, of the peak, at the end is left out


def run(args: argparse.Namespace) -> int:
    """Write the file and tell its length and peak."""
    path = library.find(args.preset)
    made = read(path)
    if made.header["kind"] != "events":
        raise ValueError(f"{path.stem} is of kind {made.header['kind']}: only one of kind events plays such a score")
    from engine.sound_file import writing

    sound, peak = _sound(made, args)
    rate = float(args.rate or made.header["rate"])
    with writing(args.output, rate, args.float) as write:
        for block in _blocks(sound):
            write(np.repeat(block[None], 2, axis=0))
    if args.json:
        print(json.dumps({"path": args.output, "rate": rate, "seconds": round(len(sound) / rate, 6), "peak": peak}))
    else:
        print(f"{args.output}: {len(sound) / rate:.2f} s at {rate:g} Hz, peak {peak:.3f}")
    return 0


def _sound(made: Preset, args: argparse.Namespace) -> tuple[np.ndarray, float]:
    """The sound (T,) at the rate asked for, and its peak; what would be clipped is turned down as a whole."""
    from engine.instruments.events.decoder import Decoder
    from engine.instruments.events.event_score import read as read_score
    from engine.instruments.events.event_score import sound as sound_of

    decoder, score = Decoder(made), read_score(args.score)
    score = score.kept(args.keep) if args.keep is not None else score
    if args.context:
        score = score.in_the_place_of(read_score(args.context))
    if args.permute:
        score = score.permuted(decoder.keys, args.seed)
    if args.random:
        score = score.drawn(decoder.keys, args.seed)
    sound = sound_of(decoder, score)
    if args.rate and args.rate != decoder.rate:
        import soxr

        sound = soxr.resample(sound, decoder.rate, args.rate, "VHQ")
    peak = float(np.abs(sound).max(initial=0.0))
    sound = sound / peak if peak > 1 and not args.float else sound
    heard = np.flatnonzero(np.abs(sound) > FLOOR * max(peak, 1e-9))
    asked = round(args.seconds * (args.rate or decoder.rate)) if args.seconds else len(sound)
    whole = round(score.seconds * (args.rate or decoder.rate))
    end = max(int(heard[-1]) + 1 if len(heard) else 0, whole)
    return sound[: min(end, asked)], peak


def _blocks(sound: np.ndarray) -> Iterator[np.ndarray]:
    for first in range(0, len(sound), BLOCK):
        yield np.asarray(sound[first : first + BLOCK], np.float32)
