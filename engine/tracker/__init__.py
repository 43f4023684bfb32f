"""What is sung or played, followed as it comes: pitch, voice or none, loudness, onsets.

ear = new_ear(rate)          # [main thread] one record
hear(ear[0], samples)        # [audio thread] … one hop at most: how many of them it took
"""

from .hearing import hear
from .record import EAR, new_ear, reset, tune

__all__ = ["EAR", "hear", "new_ear", "reset", "tune"]
