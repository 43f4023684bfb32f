"""The browser: instruments and recordings to choose from."""
