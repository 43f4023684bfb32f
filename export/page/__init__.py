"""The page of an instrument: one HTML file that plays it in a browser."""
