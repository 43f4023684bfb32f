"""Controllers: connect widgets to the session; one subject of the window each."""
