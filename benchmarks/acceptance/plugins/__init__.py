"""Plugins of other formats: those of whole Debian packages, changes of a chain of them, and the time of a scan."""
