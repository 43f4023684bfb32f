"""The values in the header of an instrument that follows a voice, for all kinds that declare `follows_voice`.

`pitch`: {"low", "high"}, the range of pitch in Hz of the training data. `features`: {"mean"}, their mean loudness
in dB; a kind may have more features.
"""

from collections.abc import Mapping
from typing import Any

from .schema import is_number

MIN_PITCH_HZ = 8.0
MIN_MEAN_DB, MAX_MEAN_DB = -200.0, 60.0


def check_voice_header(header: Mapping[str, Any]) -> None:
    """Raise ValueError if the mean loudness or the range of pitch is missing or cannot be."""
    features = header.get("features")
    mean = features.get("mean") if isinstance(features, dict) else None
    if not is_number(mean) or not MIN_MEAN_DB <= mean <= MAX_MEAN_DB:
        raise ValueError(
            f"'features' has the mean loudness {mean!r}; it must lie between {MIN_MEAN_DB:g} and {MAX_MEAN_DB:g} dB"
        )
    pitch, half = header.get("pitch"), header["rate"] / 2
    low, high = (pitch.get("low"), pitch.get("high")) if isinstance(pitch, dict) else (None, None)
    if not (is_number(low) and is_number(high) and MIN_PITCH_HZ <= low <= high < half):
        raise ValueError(
            f"'pitch' is {pitch!r}; it must be low and high, in Hz from {MIN_PITCH_HZ:g} to below {half:g}"
        )
