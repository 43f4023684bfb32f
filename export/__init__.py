"""From trained weights to instruments that the engine plays."""
