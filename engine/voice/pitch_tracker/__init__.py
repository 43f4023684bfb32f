"""Real-time tracker of pitch, voicing, loudness and onsets of one voice.

    tracker = new_tracker(rate)       # [main thread] one record
    track(tracker[0], samples)        # [audio thread] at most to the end of a hop; number of samples taken

After each hop the record says `pitch`, `voiced`, `onset` and `loudness`.
"""

from .autocorrelation_peaks import pitch_delay
from .hop_analysis import track
from .state import TRACKER, new_tracker, reset

__all__ = ["TRACKER", "new_tracker", "pitch_delay", "reset", "track"]
