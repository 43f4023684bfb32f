"""Snapshots: copies of an instrument's state for a display."""
