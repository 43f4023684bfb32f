"""Mappings of sample libraries: which recording sounds at which keys and velocities (SFZ, DecentSampler, WAV)."""
