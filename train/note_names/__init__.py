"""Key, dynamic and kind of single-note recordings, read from the names of a whole set of files."""
