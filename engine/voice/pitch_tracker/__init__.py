"""What is sung or played, followed as it comes: pitch, voice or none, loudness, onsets.

    ear = new_ear(rate)          # [main thread] one record
    hear(ear[0], samples)        # [audio thread] one hop at most: how many samples it took

After each hop the record says `pitch`, `voiced`, `onset` and `loudness`.
"""

from .analysis import hear
from .candidates import lateness
from .state import EAR, new_ear, reset

__all__ = ["EAR", "hear", "lateness", "new_ear", "reset"]
