"""Voice input: pitch tracking, scales, and the plugin that turns a voice into events."""
