"""Learning: recordings in, trained models out. One recipe per kind of instrument."""
