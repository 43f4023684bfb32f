"""Learning an instrument of pitch and loudness (DDSP, Engel et al. 2020): controlled harmonics, noise and room."""
