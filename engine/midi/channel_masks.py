"""Masks of MIDI channels, a bit each; free of numba, for the window."""

DRUM_CHANNEL = 10  # counted from 1
MELODIC_CHANNELS = 0xFFFF & ~(1 << DRUM_CHANNEL - 1)  # all but that of the drums
