"""MIDI channels: masks, a bit each, and what groups them; free of numba, for the window."""

DRUM_CHANNEL = 10  # counted from 1
ALL_CHANNELS = 0xFFFF
MPE_RPN = 6  # the registered parameter that configures an MPE zone
