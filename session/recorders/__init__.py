"""Recorders of what is played: its sound, and its notes as MIDI."""
