"""Views of what an instrument does; some of them are played by mouse or touch."""
