"""Instruments: one learned kind each."""
