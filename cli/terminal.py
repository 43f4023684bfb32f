"""Text from files, made fit to be shown in a terminal."""


def plain(text: str, instead: str = " ") -> str:
    """The text without line breaks, control sequences and whatever else cannot be printed."""
    return "".join(letter if letter.isprintable() else instead for letter in text)
