"""Views: pictures of what an instrument does, playable by touch."""
