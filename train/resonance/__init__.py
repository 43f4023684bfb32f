"""Learn a resonance instrument from a piece of music."""
