"""Controllers: each connects the widgets of one subject to the session."""
