"""The `luthier` command: each sub-command is a few lines over the other folders."""
