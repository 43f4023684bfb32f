"""Learning of models from recordings, with one recipe for each kind of instrument."""
