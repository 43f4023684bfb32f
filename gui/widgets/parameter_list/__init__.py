"""The list of the parameters of a plugin that has too many for a row of knobs."""
