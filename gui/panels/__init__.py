"""Panels: the fixed bars of the main window."""
