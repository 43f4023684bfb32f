"""The `luthier` command: one file for each sub-command."""
