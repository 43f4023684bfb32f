"""Learning: recordings in, trained models out. One recipe for each kind of instrument."""
