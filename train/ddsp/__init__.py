"""Instruments of pitch and loudness (DDSP, Engel et al. 2020): a decoder that steers harmonics, noise and a room."""
