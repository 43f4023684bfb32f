"""Sources: what plays an instrument."""
