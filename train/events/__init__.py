"""Learning events: an encoder that hears when which of many learned keys sounds, and a decoder that sounds them."""
