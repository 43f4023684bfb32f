"""An exported plugin in qtractor: found by its scanner, played in a session, its state saved and restored."""

import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

import mido
import numpy as np

from benchmarks.acceptance.row import Row, row_at_most
from benchmarks.support.qtractor_session import RATE, play, read_state, scan, write_session
from cli.main import main

NAME, LEVEL, VARIATION, CHANGE_DB = "guitar", 3, 13, -12.0  # numbers of two parameters; a change of the first
TEMPO, BEATS = 120.0, (0, 1, 2, 3, 5, 7)
KEYS = (52, 55, 59, 64, 60, 48)
SECONDS = 6.0
BEAT = round(60 / TEMPO * RATE)  # frames
MAGIC_BYTES, ENTRY_BYTES, VALUE_PLACE = 8, 16, 8  # of a state, see shell/clap_plugin.c
MAX_SHIFT = 64  # frames between the first sounds of both


def measure(scale: float) -> Iterator[Row]:
    """The rows; scale: share of the seconds that are compared."""
    seconds = max(SECONDS * scale, 1.0)
    with tempfile.TemporaryDirectory(prefix="luthier-qtractor-") as name:
        folder = Path(name)
        plugin, score = folder / f"{NAME}.clap", folder / "score.mid"
        if main(["export", NAME, "-o", str(plugin)]):
            raise RuntimeError("the plugin could not be written")
        _write_score(score)
        told = scan(plugin)
        line = told.strip().replace(f"{folder}/", "")
        yield Row("its scanner", line or "nothing", "names it", NAME in told)
        session = folder / "take.qtr"
        write_session(session, plugin, TEMPO)
        play(session, 1.0)
        state = read_state(session)
        yield Row("bytes of the state that it saves", str(len(state)), "of all parameters", len(state) > MAGIC_BYTES)
        same = _changed(state, VARIATION, -1.0)  # the same noise for every strike
        write_session(session, plugin, TEMPO, same)
        usual = play(session, seconds)
        is_same = read_state(session) == same
        yield Row("the state comes back as it was given", str(is_same), "True", is_same)
        difference = _difference(usual[:, BEAT:], _engine_sound(score, folder)[:, BEAT:])
        yield row_at_most("difference from the engine after the first beat, which fades in", difference, -60, "dB")
        write_session(session, plugin, TEMPO, _changed(same, LEVEL, CHANGE_DB))
        change = _level(play(session, seconds)) - _level(usual)
        wanted = f"{CHANGE_DB:g} ± 0.1 dB"
        yield Row("a level in the state is heard", f"{change:.2f} dB", wanted, abs(change - CHANGE_DB) <= 0.1)


def _changed(state: bytes, number: int, change: float) -> bytes:
    """A state whose parameter of a number, in the order of the plugin, has another value."""
    place = MAGIC_BYTES + ENTRY_BYTES * number + VALUE_PLACE
    (value,) = struct.unpack_from("<d", state, place)
    return state[:place] + struct.pack("<d", value + change) + state[place + 8 :]


def _level(sound: np.ndarray) -> float:
    return float(10 * np.log10((sound**2).mean()))


def _write_score(path: Path) -> None:
    """A score of some notes, half a beat each."""
    score = mido.MidiFile(ticks_per_beat=960)
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(TEMPO))])
    at = 0
    for beat, key in zip(BEATS, KEYS, strict=True):
        track.append(mido.Message("note_on", note=key, velocity=96, time=960 * beat - at))
        track.append(mido.Message("note_off", note=key, velocity=64, time=480))
        at = 960 * beat + 480
    score.tracks.append(track)
    score.save(path)


def _engine_sound(score: Path, folder: Path) -> np.ndarray:
    """The same score rendered, from its first sound on."""
    import soundfile

    path = folder / "engine.wav"
    if main(["render", NAME, str(score), "-o", str(path), "--rate", str(RATE), "--float", "--set", "variation=0"]):
        raise RuntimeError("the score could not be rendered")
    sound = soundfile.read(path, dtype="float32")[0].T
    return sound[:, int(np.flatnonzero(sound.any(axis=0))[0]) :]


def _difference(one: np.ndarray, other: np.ndarray) -> float:
    """dB of the difference of two sounds over one of them, at the shift where it is least."""
    count = min(one.shape[1], other.shape[1]) - 2 * MAX_SHIFT
    middle = other[:, MAX_SHIFT : MAX_SHIFT + count]
    shifts = (one[:, shift : shift + count] for shift in range(2 * MAX_SHIFT))
    least = min(float(((shifted - middle) ** 2).sum()) for shifted in shifts)
    return 10 * np.log10(least / float((middle**2).sum()) + 1e-30)
