"""Learn a resonance instrument from single notes."""
