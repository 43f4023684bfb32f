"""Learning a state-space instrument: a network of tanh units that rings, and the sparse signal that plays it."""
