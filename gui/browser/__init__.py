"""The browser of instruments and saved patches."""
