"""What is sung or played, followed as it comes: pitch, voice or none, loudness, onsets.

    ear = new_ear(rate)          # [main thread] one record
    hear(ear[0], samples)        # [audio thread] one hop at most: how many samples it took

After each hop the record says `pitch`, `voiced`, `onset` and `loudness`.
"""

from .finding import lateness
from .hearing import hear
from .record import EAR, new_ear, reset

__all__ = ["EAR", "hear", "lateness", "new_ear", "reset"]
