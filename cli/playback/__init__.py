"""What `luthier play` does beside the sound: status line, panic key, and recovery from plugins that hang."""
