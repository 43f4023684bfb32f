"""The window: widgets that know Qt only, and one place that wires them to the engine."""
