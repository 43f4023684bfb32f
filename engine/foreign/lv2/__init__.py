"""LV2 plugins: read by lilv on the main thread, played by one compiled function for all of them."""
