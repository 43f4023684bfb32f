"""Child processes of the window: learning, rendering, checking recordings."""
