"""The voice: what a microphone hears becomes pitch and loudness, for the instrument after it.

It stands at the head of the row and looks on a grid of its own, about 750 times a second, however a device cuts the
sound. After each look it says LOUDNESS in dB, then PITCH in Hz: 0 while nothing is voiced, with key 1 where a tone
begins. The sound itself does not go on, unless `dry` lets it.
"""

import numpy as np
from numba import njit

from engine.events import ALL, Kind
from engine.plugin import EMITTING, Param, Plugin, emit, knob_fields, set_knobs, turned
from engine.voice.pitch_tracker import EAR, hear, new_ear, reset
from engine.voice.pitch_tracker.state import HIGHEST, LOWEST

from .scales import MASKS, SCALES, nearest_note

PARAMS = (
    Param("gate", "dB", -90, -20, -55, help="below this level nothing is heard as a voice"),
    Param("level", "dB", -40, 60, 0, help="added to the loudness of the voice"),
    Param(
        "follow", "", 0, 1, 1, help="1: the level is set by itself, to bring the voice to the instrument's loudness"
    ),
    Param("transpose", "semitones", -36, 36, 0, help="how far the instrument is from the voice"),
    Param("snap", "", 0, 1, 0, help="1: only the notes of a scale"),
    Param("root", "", 0, 11, 0, help="of the scale, in semitones from C"),
    Param("scale", "", 0, len(SCALES) - 1, 0, help=", ".join(f"{i}: {name}" for i, name in enumerate(SCALES))),
    Param("dry", "dB", -60, 0, -60, help="how much of the microphone is heard; -60: nothing"),
    Param("low", "Hz", LOWEST, HIGHEST, 70, help="the lowest pitch of the voice"),
    Param("high", "Hz", LOWEST, HIGHEST, 1400, help="the highest pitch of the voice"),
)
(GATE, LEVEL, FOLLOW, TRANSPOSE, SNAP, ROOT, SCALE, DRY, LOW, HIGH) = range(len(PARAMS))
SOON, LATE = 0.05, 20.0  # seconds of voice over which its mean loudness is taken: at first, and later on
MOST = 40.0  # dB that the level is changed by itself
LOUDEST = 0.0  # dB: the most that an instrument is told

STATE = np.dtype(
    EMITTING
    + [
        ("ear", EAR),
        *knob_fields(PARAMS),
        ("mono", "f4", (512,)),
        ("aim", "f8"),  # dB: the loudness that the instrument knows best
        ("mean", "f8"),  # dB: of the voice so far
        ("sung", "f8"),  # seconds of voice so far
        ("masks", "i8", (len(MASKS),)),
        ("note", "f8"),  # the note last snapped to
        ("tuning", "f8"),  # semitones by which the scale is moved, as the keys of the first channel are
        ("silent", "i8"),  # 1 once the end of a tone has been said
    ],
    align=True,
)


class Voice(Plugin):
    """Follows a singer at the head of the row.

    aim: dB, A-weighted: the loudness to which the voice is brought, that of the instrument's own recordings.
    """

    name = "voice"
    params: tuple[Param, ...] = PARAMS
    listens = True

    def __init__(self, aim: float = -30.0) -> None:
        self.state = np.zeros(1, STATE)
        self.state["aim"] = aim
        self.state["masks"] = MASKS
        set_knobs(self.state, PARAMS)
        self.handle, self.process = handle, process

    @property
    def delay(self) -> float:
        """Seconds by which a steady pitch is late, at the rate prepared for."""
        return float(self.state["ear"]["delay"][0])

    @property
    def broken(self) -> int:
        """Samples so far that were no numbers."""
        return int(self.state["ear"]["broken"][0])

    def prepare(self, rate: float) -> None:
        """[main thread] Build the ear for a rate in Hz."""
        param = self.state["param"][0]
        self.state["ear"] = new_ear(rate, param[LOW], param[HIGH], param[GATE])
        self.reset()

    def reset(self) -> None:
        """[main thread] Forget what was heard, and how loud the singer is."""
        reset(self.state["ear"])
        self.state["mean"] = self.state["sung"] = 0
        self.state["note"] = -1
        self.state["silent"] = 1


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Turn a knob, or tune the scale."""
    if event.kind == Kind.BEND and event.channel == 0 and event.note == ALL:
        state.tuning = event.value
    if turned(state, event):
        state.ear.gate = state.param[GATE]
        state.ear.low = max(min(state.param[LOW], state.param[HIGH]), LOWEST)
        state.ear.high = min(max(state.param[LOW], state.param[HIGH]), HIGHEST)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Listen to audio (2, T), and let through what `dry` says."""
    start, frames = 0, audio.shape[1]
    while start < frames:
        n = min(frames - start, state.ear.hop - state.ear.filled)
        for t in range(n):
            state.mono[t] = np.float32(0.5) * (audio[0, start + t] + audio[1, start + t])
        hear(state.ear, state.mono[:n])
        start += n
        if state.ear.filled == 0:
            tell(state, start)
    gain = np.float32(0) if state.param[DRY] <= -60 else np.float32(10 ** (state.param[DRY] / 20))
    for c in range(2):
        for t in range(frames):
            audio[c, t] = gain * audio[c, t] if gain > 0 else np.float32(0)


@njit(cache=True, error_model="numpy")
def tell(state, frame):
    """Say what the last look found, at a frame of this run."""
    ear = state.ear
    if ear.voiced:
        learn(state)
    elif state.silent:
        return
    loudness = min(ear.present + offset(state), LOUDEST)
    if not emit(state, frame, Kind.LOUDNESS, 0, ALL, 0, loudness):
        return
    pitch = placed(state, ear.pitch) if ear.voiced else 0.0
    if emit(state, frame, Kind.PITCH, 0, ALL, ear.onset, pitch):
        state.silent = 1 - ear.voiced


@njit(cache=True, error_model="numpy")
def learn(state):
    """Move the mean loudness of the voice: at once at first, slowly when it has been heard for long."""
    step = state.ear.hop / state.ear.rate
    state.sung += step
    share = step / min(max(state.sung, SOON), LATE)
    if state.sung <= step:
        state.mean = state.ear.present
    state.mean += share * (state.ear.present - state.mean)


@njit(cache=True, error_model="numpy")
def offset(state):
    """What is added to the loudness, in dB."""
    if state.param[FOLLOW] < 0.5 or state.sung == 0:
        return np.float64(state.param[LEVEL])
    return state.param[LEVEL] + min(max(state.aim - state.mean, -MOST), MOST)


@njit(cache=True, error_model="numpy")
def placed(state, pitch):
    """A pitch in Hz, transposed and put into the scale."""
    note = 69 + 12 * np.log2(pitch / 440) + state.param[TRANSPOSE]
    if state.param[SNAP] >= 0.5:
        scale = min(max(np.intp(state.param[SCALE] + 0.5), 0), state.masks.shape[0] - 1)
        root, played = np.int64(state.param[ROOT] + 0.5), note - state.tuning
        state.note = nearest_note(played, state.note, root, state.masks[scale])
        note = state.note + state.tuning
    return 440 * 2 ** ((note - 69) / 12)
