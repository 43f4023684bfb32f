"""A recorded sound beside what is played: a demo of an instrument, what was learned so far, a tone for a test."""

import numpy as np
from numba import njit

from engine.events import Kind
from engine.memory import view_f4
from engine.plugin import Param

SLOTS = 8  # sounds that may wait to be played, or fade
FADE = 0.01  # seconds in which a sound begins, ends or gives way
LONGEST = 60.0  # seconds of a sound, at most
PLAYED = 0  # the place of the parameter that begins a sound

STATE = np.dtype(
    [
        ("places", "u8", (SLOTS,)),  # where each sound lies, (2, T)
        ("lengths", "i8", (SLOTS,)),
        ("slot", "i8"),  # of the sound that plays; -1: none
        ("next", "i8"),  # and of the one that should
        ("position", "i8"),
        ("gain", "f4"),
        ("fade", "f4"),  # of the gain in a sample
    ],
    align=True,
)


class Clip:
    """Adds a sound that was loaded before; a new one fades the old one out first."""

    name = "clip"
    params: tuple[Param, ...] = (Param("played", "", -1.0, SLOTS - 1.0, -1.0, help="the sound that plays; -1: none"),)

    def __init__(self) -> None:
        self.state = np.zeros(1, STATE)
        self.state["slot"] = self.state["next"] = -1
        self.handle, self.process = handle, process
        self._sounds: list[np.ndarray | None] = [None] * SLOTS
        self._turn = 0
        self._rate = 48_000.0

    @property
    def playing(self) -> bool:
        """Whether a sound is heard."""
        return bool(self.state["slot"][0] >= 0 or self.state["next"][0] >= 0)

    def load(self, sound: np.ndarray | None, rate: float) -> int:
        """[main thread] Keep a sound (C, T), C = 1 or 2, at a rate in Hz; the value of `played` that begins it.

        None is silence: -1. ValueError says why a sound cannot be played. The last SLOTS - 1 sounds are kept.
        """
        if sound is None:
            return -1
        samples = _fit(np.atleast_2d(sound), rate, self._rate)
        self._turn = (self._turn + 1) % SLOTS
        self._sounds[self._turn] = samples
        self.state["places"][0, self._turn] = samples.ctypes.data
        self.state["lengths"][0, self._turn] = samples.shape[1]
        return self._turn

    def prepare(self, rate: float) -> None:
        """[main thread] Take the rate of the device, in Hz; what plays is over."""
        self._rate = rate
        self.state["fade"] = 1 / (FADE * rate)
        self.reset()

    def reset(self) -> None:
        """[main thread] Silence."""
        self.state["slot"] = self.state["next"] = -1
        self.state["gain"] = 0


def _fit(sound: np.ndarray, learned: float, rate: float) -> np.ndarray:
    """Two channels at a device's rate, within -1..1, that begin and end softly."""
    if not 0 < sound.shape[1] <= LONGEST * learned or len(sound) > 2:
        raise ValueError(f"a sound of {len(sound)} channels and {sound.shape[1] / learned:g} s cannot be played")
    if not np.isfinite(sound).all():
        raise ValueError("the sound is damaged")
    if learned != rate:
        import soxr

        sound = soxr.resample(sound.T, learned, rate).T
    samples = np.array(np.broadcast_to(np.clip(sound, -1, 1), (2, sound.shape[1])), np.float32, order="C")
    soft = min(round(FADE * rate), samples.shape[1] // 2)
    ramp = np.linspace(0, 1, soft, dtype=np.float32)
    samples[:, :soft] *= ramp
    samples[:, len(samples[0]) - soft :] *= ramp[::-1]
    return samples


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Play another sound, or none."""
    if event.kind == Kind.PARAM and event.key == PLAYED:
        state.next = np.int64(min(max(event.value, -1), SLOTS - 1))
        if state.slot < 0:
            _begin(state)
        elif state.next == -1:
            state.next = SLOTS  # none: what plays fades


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add the sound to audio (2, T), and the one that waits once it is over."""
    start = 0
    while state.slot >= 0 and start < audio.shape[1]:
        start += _play(state, audio[:, start:])


@njit(cache=True, error_model="numpy")
def _play(state, audio):
    """Add the sound until it is over or has faded; how many samples that were."""
    length = state.lengths[state.slot]
    sound = view_f4(state.places[state.slot], (2, length))
    for t in range(audio.shape[1]):
        if state.next >= 0:
            state.gain -= state.fade
        if state.position == length or state.gain <= 0:
            _begin(state)
            return t
        audio[0, t] += state.gain * sound[0, state.position]
        audio[1, t] += state.gain * sound[1, state.position]
        state.position += 1
    return audio.shape[1]


@njit(cache=True, error_model="numpy")
def _begin(state):
    """Begin the sound that waits, from its first sample; none waits: silence."""
    state.slot = state.next if state.next < SLOTS else -1
    state.next = -1
    state.position = 0
    state.gain = 1
