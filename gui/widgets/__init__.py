"""Widgets that depend on Qt only, not on engine or session."""
