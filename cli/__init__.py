"""The `luthier` command: one file a sub-command."""
