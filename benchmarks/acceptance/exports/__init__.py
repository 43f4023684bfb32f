"""Exported instruments in the programs that they are made for."""
