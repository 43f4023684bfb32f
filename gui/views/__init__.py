"""Views of the state of an instrument; some of them are played by mouse or touch."""
