"""Snapshots: what a display may read of an instrument that plays."""
