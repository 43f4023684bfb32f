"""Track the pitch, voicing and loudness of a recording with the live tracker."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import Signature, njit
from engine.voice.pitch_tracker import new_tracker, pitch_delay, track
from engine.voice.pitch_tracker.state import MAX_PITCH_HZ, MIN_PITCH_HZ, TRACKER

TRACKER_HZ = 48_000.0  # every recording is resampled to it
GATE_DB = -60.0
MIN_ONE_VOICE_CLARITY = 0.88  # median of one voice; a violin in a hall has 0.94, chords and ensembles 0.5 to 0.8
LOUD_DB = 30.0  # below the loudest moment, where it is judged
TAIL_SECONDS = 0.1  # of silence after a recording, for the delay of the tracker


@dataclass(frozen=True)
class PitchCurves:
    """Frames (F,) at t = j · hop: pitch in Hz, voiced 0 or 1, loudness in dB.

    While unvoiced the pitch is the last one, at the start the first one, and 0 if there is none at all.
    clarity: the median of the tracker's clarity, at most 1 and 0 while unvoiced, where it is within LOUD_DB of the
    loudest.
    """

    pitch: np.ndarray
    voiced: np.ndarray
    loudness: np.ndarray
    clarity: float = 1.0

    @property
    def is_one_voice(self) -> bool:
        """Whether it is one voice: of a chord, or of a tone over a loud drone, half has no clear pitch."""
        return self.clarity >= MIN_ONE_VOICE_CLARITY


def track_recording(
    samples: np.ndarray,
    rate: float,
    hop_seconds: float = 0.01,
    low: float = MIN_PITCH_HZ,
    high: float = MAX_PITCH_HZ,
    gate: float = GATE_DB,
) -> PitchCurves:
    """Track samples (N,) at a rate in Hz: F = N / (rate · hop) + 1 frames, compensated for the tracker's delays.

    low, high: Hz, range of the pitch. gate: dB below which nothing is voiced.
    """
    time = np.arange(int(len(samples) / (rate * hop_seconds) + 1e-9) + 1) * hop_seconds
    time_of_hop, loudness_delay, results = track_hops(samples, rate, low, high, gate)
    pitch, voiced, delay, loudness, clarity = results
    is_loud = loudness > loudness.max() - LOUD_DB
    first = int(np.argmax(voiced))
    pitch[:first] = pitch[first]
    at = np.clip(np.searchsorted(np.maximum.accumulate(time_of_hop - delay), time), 0, len(time_of_hop) - 1)
    level = np.interp(time, time_of_hop - loudness_delay, loudness)
    return PitchCurves(
        pitch[at].astype(np.float32),
        voiced[at].astype(np.float32),
        level.astype(np.float32),
        float(np.median(np.where(voiced > 0, clarity, 0.0)[is_loud])),
    )


def track_hops(
    samples: np.ndarray, rate: float, low: float = MIN_PITCH_HZ, high: float = MAX_PITCH_HZ, gate: float = GATE_DB
) -> tuple[np.ndarray, float, np.ndarray]:
    """The raw results of every hop.

    The time of each result in seconds (T,); the delay of the loudness in seconds; and the results (5, T): pitch in
    Hz, voiced, delay of the pitch in seconds, loudness in dB, clarity.
    """
    sound = np.asarray(samples, np.float32)
    if rate != TRACKER_HZ:
        import soxr

        sound = soxr.resample(sound, rate, TRACKER_HZ).astype(np.float32)
    tracker = new_tracker(TRACKER_HZ, low, high, gate)
    hop = int(tracker["hop"][0])
    count = -(-(len(sound) + round(TAIL_SECONDS * TRACKER_HZ)) // hop)
    results = np.zeros((5, count))
    _track(tracker[0], np.concatenate((sound, np.zeros(count * hop - len(sound), np.float32))), results)
    return (np.arange(count) + 1) * hop / TRACKER_HZ, float(tracker["loudness_delay"][0]), results


@njit(cache=True, error_model="numpy", exported=Signature("", TRACKER, ("f4", 1), ("f8", 2)))
def _track(tracker, sound, results):
    at = 0
    for t in range(results.shape[1]):
        at += track(tracker, sound[at:])
        results[0, t], results[1, t], results[2, t] = tracker.pitch, tracker.voiced, pitch_delay(tracker)
        results[3, t], results[4, t] = tracker.loudness, tracker.clarity
