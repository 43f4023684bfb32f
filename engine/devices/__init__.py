"""Audio devices: JACK, PortAudio, their listing and the stream that runs on them."""
