"""The voice tracker plugin: emits pitch and loudness of the microphone input for the instrument after it.

It is the first plugin of a chain and analyses hops of its own, about 750 a second, independent of the block size.
After each hop it emits LOUDNESS in dB, then PITCH in Hz: with key 1 at an onset, and 0 at the end of a tone and in a
consonant after it. The input is passed on at the level of `dry`.
"""

import numpy as np

from engine.dsp.pitch_units import frequency_of, pitch_of
from engine.events import ALL, Kind
from engine.kernel import njit
from engine.pitch_and_frequency import NAMES
from engine.plugin import EMITTING, Param, Plugin, emit, numbered_words, param_changed, param_fields, set_defaults
from engine.voice.pitch_tracker import TRACKER, new_tracker, reset, track
from engine.voice.pitch_tracker.state import MAX_PITCH_HZ, MIN_PITCH_HZ

from .scales import MASKS, SCALES, nearest_note

PARAMS = (
    Param("gate", "dB", -90, -20, -55, help="below this level nothing is heard as a voice"),
    Param("level", "dB", -40, 60, 0, help="added to the loudness of the voice"),
    Param(
        "follow", "", 0, 1, 1, help="1: the level is set by itself, to bring the voice to the instrument's loudness"
    ),
    Param("transpose", "semitones", -36, 36, 0, help="how far the instrument is from the voice"),
    Param("snap", "", 0, 1, 0, help="1: only the notes of a scale"),
    Param("root", "", 0, 11, 0, help="of the scale, in semitones from C", steps=11, words=numbered_words(NAMES)),
    Param(
        "scale", "", 0, len(SCALES) - 1, 0, steps=len(SCALES) - 1, words=numbered_words(SCALES),
        help=", ".join(f"{i}: {name}" for i, name in enumerate(SCALES)),
    ),
    Param("dry", "dB", -60, 0, -60, help="how much of the microphone is heard; -60: nothing"),
    Param("low", "Hz", MIN_PITCH_HZ, MAX_PITCH_HZ, 70, help="the lowest pitch of the voice"),
    Param("high", "Hz", MIN_PITCH_HZ, MAX_PITCH_HZ, 1400, help="the highest pitch of the voice"),
)  # fmt: skip
(GATE, LEVEL, FOLLOW, TRANSPOSE, SNAP, ROOT, SCALE, DRY, LOW, HIGH) = range(len(PARAMS))
MIN_MEAN_SECONDS, MAX_MEAN_SECONDS = 0.05, 20.0  # time constant of the mean loudness: at first, later on
MAX_LEVEL_OFFSET_DB = 40.0  # of the automatic level
MAX_CONSONANT_SECONDS = 0.15  # for which the loudness is emitted after a tone, while it exceeds the gate
MAX_LOUDNESS_DB = 0.0  # emitted to the instrument

STATE = np.dtype(
    EMITTING
    + [
        ("tracker", TRACKER),
        *param_fields(PARAMS),
        ("mono", "f4", (512,)),
        ("target_loudness", "f8"),  # dB: mean loudness of the instrument's recordings
        ("mean", "f8"),  # dB: mean loudness of the voice so far
        ("voiced_seconds", "f8"),  # so far
        ("masks", "i8", (len(MASKS),)),
        ("note", "f8"),  # last note that was snapped to
        ("tuning", "f8"),  # semitones by which the scale is shifted: the bend of channel 1
        ("ended", "i8"),  # 1: the end of the tone was emitted
        ("unvoiced_hops", "i8"),  # hops since the end of the tone
    ],
    align=True,
)


class VoiceTracker(Plugin):
    """Tracks the microphone input at the head of a chain.

    target_loudness: dB, A-weighted, of the instrument's own recordings; the voice is moved there.
    """

    name = "voice"
    params: tuple[Param, ...] = PARAMS
    listens = True

    def __init__(self, target_loudness: float = -30.0) -> None:
        self.state = np.zeros(1, STATE)
        self.state["target_loudness"] = target_loudness
        self.state["masks"] = MASKS
        set_defaults(self.state, PARAMS)
        self.handle, self.process = handle, process

    @property
    def delay(self) -> float:
        """Delay in seconds of a steady pitch."""
        return float(self.state["tracker"]["delay"][0])

    @property
    def bad_samples(self) -> int:
        """The number of invalid input samples so far."""
        return int(self.state["tracker"]["bad_samples"][0])

    def prepare(self, rate: float) -> None:
        """[main thread] Make the tracker for a rate in Hz."""
        param = self.state["param"][0]
        self.state["tracker"] = new_tracker(rate, param[LOW], param[HIGH], param[GATE])
        self.reset()

    def reset(self) -> None:
        """[main thread] Clear the history and the mean loudness of the voice."""
        reset(self.state["tracker"])
        self.state["mean"] = self.state["voiced_seconds"] = 0
        self.state["note"] = -1
        self.state["ended"] = 1
        self.state["unvoiced_hops"] = 1 << 30  # no tone yet


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Set a parameter, or tune the scale."""
    if event.kind == Kind.BEND and event.channel == 0 and event.note == ALL:
        state.tuning = event.value
    if param_changed(state, event):
        state.tracker.gate = state.param[GATE]
        state.tracker.low = max(min(state.param[LOW], state.param[HIGH]), MIN_PITCH_HZ)
        state.tracker.high = min(max(state.param[LOW], state.param[HIGH]), MAX_PITCH_HZ)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Track audio (2, T), and scale it by `dry`."""
    start, frames = 0, audio.shape[1]
    while start < frames:
        n = min(frames - start, state.tracker.hop - state.tracker.filled)
        for t in range(n):
            state.mono[t] = np.float32(0.5) * (audio[0, start + t] + audio[1, start + t])
        track(state.tracker, state.mono[:n])
        start += n
        if state.tracker.filled == 0:
            _emit_result(state, start)
    gain = np.float32(0) if state.param[DRY] <= -60 else np.float32(10 ** (state.param[DRY] / 20))
    for c in range(2):
        for t in range(frames):
            audio[c, t] = gain * audio[c, t] if gain > 0 else np.float32(0)


@njit(cache=True, error_model="numpy")
def _emit_result(state, frame):
    """Emit the result of the last hop at a frame of this block."""
    tracker = state.tracker
    if tracker.voiced:
        _update_mean(state)
        state.unvoiced_hops = 0
    else:
        state.unvoiced_hops += 1
        is_consonant = state.unvoiced_hops * tracker.hop < MAX_CONSONANT_SECONDS * tracker.rate
        if state.ended and not (is_consonant and tracker.level >= tracker.gate):
            return
    loudness = min(tracker.current_loudness + _loudness_offset(state), MAX_LOUDNESS_DB)
    if not emit(state, frame, Kind.LOUDNESS, 0, ALL, 0, loudness):
        return
    pitch = _instrument_pitch(state, tracker.pitch) if tracker.voiced else 0.0
    if emit(state, frame, Kind.PITCH, 0, ALL, tracker.onset, pitch):
        state.ended = 1 - tracker.voiced


@njit(cache=True, error_model="numpy")
def _update_mean(state):
    """Update the mean loudness of the voice, with a time constant that grows from MIN to MAX_MEAN_SECONDS."""
    seconds = state.tracker.hop / state.tracker.rate
    state.voiced_seconds += seconds
    share = seconds / min(max(state.voiced_seconds, MIN_MEAN_SECONDS), MAX_MEAN_SECONDS)
    if state.voiced_seconds <= seconds:
        state.mean = state.tracker.current_loudness
    state.mean += share * (state.tracker.current_loudness - state.mean)


@njit(cache=True, error_model="numpy")
def _loudness_offset(state):
    """The level added to the loudness, in dB."""
    if state.param[FOLLOW] < 0.5 or state.voiced_seconds == 0:
        return np.float64(state.param[LEVEL])
    return state.param[LEVEL] + min(
        max(state.target_loudness - state.mean, -MAX_LEVEL_OFFSET_DB), MAX_LEVEL_OFFSET_DB
    )


@njit(cache=True, error_model="numpy")
def _instrument_pitch(state, pitch):
    """A pitch in Hz, transposed and snapped to the scale."""
    note = pitch_of(pitch) + state.param[TRANSPOSE]
    if state.param[SNAP] >= 0.5:
        scale = min(max(np.intp(state.param[SCALE] + 0.5), 0), state.masks.shape[0] - 1)
        root, played = np.int64(state.param[ROOT] + 0.5), note - state.tuning
        state.note = nearest_note(played, state.note, root, state.masks[scale])
        note = state.note + state.tuning
    return frequency_of(note)
