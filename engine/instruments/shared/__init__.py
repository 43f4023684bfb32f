"""Parts that instruments of all kinds share."""
