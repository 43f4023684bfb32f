"""Damaged MIDI files, random MIDI bytes, and floods of messages."""

from functools import cache
from pathlib import Path

import numpy as np

from engine.instruments import make
from engine.midi.byte_parser import ByteParser
from engine.midi.midi_score import Score, ScoreError, read
from engine.preset import library, preset_file
from engine.preset.preset_file import Preset
from engine.render import render
from engine.standard_chain import StandardChain

from .damage import check, check_one_line, damage_bytes
from .score_seeds import score_seeds

RATE = 48_000.0  # Hz
FLOOD_MESSAGES, FLOOD_SECONDS = 3000, 0.3
MAX_SILENCE_SECONDS, SILENCE_PEAK = 8.0, 10 ** (-80 / 20)  # within which it must be silent, and what is
CHANNELS = 16


def damage_midi_file(random: np.random.Generator, folder: Path) -> None:
    """Change bytes of a score; what is read has messages in order, at finite times from 0 on."""
    path = folder / "damaged.mid"
    seeds = score_seeds()
    path.write_bytes(damage_bytes(seeds[int(random.integers(len(seeds)))], random))
    try:
        score = read(path)
    except ScoreError as error:
        check_one_line(error)
        return
    check(np.isfinite(score.times).all() and (score.times >= 0).all(), "a time is no number, or before the start")
    events = score.events(RATE)
    check((events["frame"] >= 0).all(), "an event is before the start")
    check((events["frame"][1:] >= events["frame"][:-1]).all(), "its events are not in order")
    check(((score.messages & 0x80 > 0) & (score.messages & 0x808000 == 0)).all(), "data of more than seven bits")


def parse_bytes(random: np.random.Generator, folder: Path) -> None:
    """Parse random bytes, whole and cut somewhere: the same messages, of seven bits."""
    stream = random.integers(0, 256, random.integers(1, 200))
    stream = np.where(random.random(len(stream)) < random.random(), stream & 0x7F, stream).tolist()
    cut, parser = int(random.integers(len(stream))), ByteParser()
    parts = [*parser.feed(stream[:cut]), *parser.feed(stream[cut:])]
    check(parts == list(ByteParser().feed(stream)), "the place of the cut matters")
    check(all(key & 0x80 and not key & 0x808000 and key < 1 << 27 for key in parts), "not seven bits")


def flood(random: np.random.Generator, folder: Path) -> None:
    """Play thousands of messages, half of them any 24 bits, on a factory instrument; then release everything."""
    host = StandardChain(RATE, channels=range(1, CHANNELS + 1))
    host.play([make(_presets()[int(random.integers(len(_presets())))])])
    audio = render(host, _flood_score(random), FLOOD_SECONDS, block=64)
    check(np.isfinite(audio).all(), "samples that are no numbers")
    for channel in range(CHANNELS):
        for controller in (121, 123):
            host.midi(0xB0 | channel, controller, 0)
    rest = render(host, None, MAX_SILENCE_SECONDS, block=4096)
    check(np.isfinite(rest).all(), "samples that are no numbers")
    check(np.abs(rest[:, -round(RATE / 4) :]).max() < SILENCE_PEAK, f"it sounds after {MAX_SILENCE_SECONDS:g} s")
    check(host.limiter.non_finite == 0, "the limiter had to silence samples")


def _flood_score(random: np.random.Generator) -> Score:
    columns = ((0x80, 0xF0), (0, 128), (0, 128))
    status, first, second = (random.integers(low, high, FLOOD_MESSAGES) for low, high in columns)
    valid, free = status | first << 8 | second << 16, random.integers(0, 1 << 24, FLOOD_MESSAGES)
    messages = np.where(random.random(FLOOD_MESSAGES) < 0.5, valid, free)
    return Score(np.sort(random.uniform(0, FLOOD_SECONDS, FLOOD_MESSAGES)), messages.astype(np.int32))


@cache
def _presets() -> tuple[Preset, ...]:
    return tuple(preset_file.read(path) for path in sorted(library.factory_folder().glob("*.luthier")))
