"""Events: many learned kinds of sounds, of which scores are made."""
