"""Controllers of recordings: what can be done with a finished one, and its trim before it is learned from."""
