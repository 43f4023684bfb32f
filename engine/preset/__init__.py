"""The .luthier file: container, preset, library, performance."""
