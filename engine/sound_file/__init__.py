"""Sound files: one reader and one writer for every command and for the window."""
