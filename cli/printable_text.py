"""Printable text: texts without characters that a terminal would interpret."""


def make_printable(text: str, replacement: str = " ") -> str:
    """The text without line breaks, control sequences and other characters that cannot be printed."""
    return "".join(letter if letter.isprintable() else replacement for letter in text)
