"""Learning a resonance instrument from one recording: modes and the sparse control signal that plays it."""
