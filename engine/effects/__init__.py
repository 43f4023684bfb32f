"""Effects: plugins that change the sound of the one before them."""
