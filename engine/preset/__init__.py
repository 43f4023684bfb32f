"""Presets: the .luthier file, its container, the library, and performances."""
