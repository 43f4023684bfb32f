"""Learning an instrument of pitch and loudness (DDSP, Engel et al. 2020): a decoder controls harmonics, noise and room."""
