"""Widgets: Qt only, no engine and no session."""
