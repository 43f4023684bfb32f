"""Audition: playback of a loaded sound beside the chain, for demos, previews of learning and test tones."""

import numpy as np

from engine.events import Kind
from engine.kernel import njit
from engine.plugin import Param, Plugin
from engine.pointers import view_f4

SLOTS = 8  # sounds that are kept
FADE_SECONDS = 0.01  # at the start and end of a sound, and when another one replaces it
MAX_SECONDS = 60.0  # of a sound
PLAYED = 0  # index of the parameter that starts a sound
NONE = -1  # no slot

STATE = np.dtype(
    [
        ("addresses", "u8", (SLOTS,)),  # of the sounds, (2, T)
        ("lengths", "i8", (SLOTS,)),
        ("slot", "i8"),  # that plays; NONE: silence
        ("next", "i8"),  # that plays once this one has faded out; SLOTS: silence
        ("position", "i8"),
        ("gain", "f4"),
        ("fade", "f4"),  # change of the gain per sample
    ],
    align=True,
)


class Audition(Plugin):
    """Adds one of the loaded sounds; a new one starts when the one before has faded out."""

    name = "clip"
    params: tuple[Param, ...] = (Param("played", "", -1.0, SLOTS - 1.0, -1.0, help="the sound that plays; -1: none"),)

    def __init__(self) -> None:
        self.state = np.zeros(1, STATE)
        self.state["slot"] = self.state["next"] = NONE
        self.handle, self.process = handle, process
        self._sounds: list[np.ndarray | None] = [None] * SLOTS
        self._last_slot = 0
        self._rate = 48_000.0

    @property
    def playing(self) -> bool:
        """Whether a sound plays or is about to."""
        return bool(self.state["slot"][0] >= 0 or self.state["next"][0] >= 0)

    def load(self, sound: np.ndarray | None, rate: float) -> int:
        """[main thread] Load a sound (C, T), C = 1 or 2, at a rate in Hz; the value of `played` that starts it.

        None is silence: -1. ValueError says why a sound cannot be played. The last SLOTS - 1 sounds are kept.
        """
        if sound is None:
            return NONE
        samples = _prepare_sound(np.atleast_2d(sound), rate, self._rate)
        self._last_slot = (self._last_slot + 1) % SLOTS
        self._sounds[self._last_slot] = samples
        self.state["addresses"][0, self._last_slot] = samples.ctypes.data
        self.state["lengths"][0, self._last_slot] = samples.shape[1]
        return self._last_slot

    def prepare(self, rate: float) -> None:
        """[main thread] Set the rate of the device in Hz; what plays stops."""
        self._rate = rate
        self.state["fade"] = 1 / (FADE_SECONDS * rate)
        self.reset()

    def reset(self) -> None:
        """[main thread] Stop at once."""
        self.state["slot"] = self.state["next"] = NONE
        self.state["gain"] = 0


def _prepare_sound(sound: np.ndarray, sound_rate: float, rate: float) -> np.ndarray:
    """Two channels at the device's rate, within -1..1, faded in and out."""
    if not 0 < sound.shape[1] <= MAX_SECONDS * sound_rate or len(sound) > 2:
        raise ValueError(f"a sound of {len(sound)} channels and {sound.shape[1] / sound_rate:g} s cannot be played")
    if not np.isfinite(sound).all():
        raise ValueError("the sound is damaged")
    if sound_rate != rate:
        import soxr

        sound = soxr.resample(sound.T, sound_rate, rate).T
    samples = np.array(np.broadcast_to(np.clip(sound, -1, 1), (2, sound.shape[1])), np.float32, order="C")
    fade = min(round(FADE_SECONDS * rate), samples.shape[1] // 2)
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    samples[:, :fade] *= ramp
    samples[:, len(samples[0]) - fade :] *= ramp[::-1]
    return samples


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Request another sound, or silence."""
    if event.kind == Kind.PARAM and event.key == PLAYED:
        state.next = np.int64(min(max(event.value, NONE), SLOTS - 1))
        if state.slot < 0:
            _start_next(state)
        elif state.next == NONE:
            state.next = SLOTS  # silence follows once the sound has faded out


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add the sound to audio (2, T), and the next one once it has ended."""
    start = 0
    while state.slot >= 0 and start < audio.shape[1]:
        start += _play(state, audio[:, start:])


@njit(cache=True, error_model="numpy")
def _play(state, audio):
    """Add the sound until it ends or has faded out; the number of samples that were added."""
    length = state.lengths[state.slot]
    sound = view_f4(state.addresses[state.slot], (2, length))
    for t in range(audio.shape[1]):
        if state.next >= 0:
            state.gain -= state.fade
        if state.position == length or state.gain <= 0:
            _start_next(state)
            return t
        audio[0, t] += state.gain * sound[0, state.position]
        audio[1, t] += state.gain * sound[1, state.position]
        state.position += 1
    return audio.shape[1]


@njit(cache=True, error_model="numpy")
def _start_next(state):
    """Start the requested sound from its first sample; without one, silence."""
    state.slot = state.next if state.next < SLOTS else NONE
    state.next = NONE
    state.position = 0
    state.gain = 1
