"""MIDI: ports, parser, interpreter, key zones, scores and their playback."""
