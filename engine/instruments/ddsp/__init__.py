"""Instruments of kind ddsp: a decoder from pitch and loudness to harmonics and noise."""
