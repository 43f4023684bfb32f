"""Controllers of the plugins of other formats."""
