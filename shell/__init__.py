"""The shell of exported instruments: the code around images, in C, and how it is built (README.md)."""
