"""Instruments of kind ssm: a state-space (tanh RNN) model driven by a sparse control signal."""
