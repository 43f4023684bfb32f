"""Learning a state-space instrument from one recording: a recurrent network and the sparse signal that plays it."""
