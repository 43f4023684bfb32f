"""Learning events: an encoder that finds when which of many learned keys sounds, and a decoder that renders them."""
