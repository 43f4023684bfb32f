"""Audio devices: JACK, PortAudio, their list, and the stream of a host to one of them."""
