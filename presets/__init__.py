"""The factory instruments and the demo score: data, read by the engine."""
