"""Words in the names of single-note recordings: dynamics, microphones, releases, and words before a number."""

import re

DYNAMIC_WORDS = {
    "pppp": "pianississimo", "ppp": "pianississimo", "pp": "pianissimo", "p": "piano", "mp": "mezzo-piano",
    "mf": "mezzo-forte", "f": "forte", "ff": "fortissimo", "fff": "fortississimo", "ffff": "fortississimo",
    "pianississimo": "pianississimo", "pianissimo": "pianissimo", "piano": "piano", "mezzopiano": "mezzo-piano",
    "mezzoforte": "mezzo-forte", "forte": "forte", "fortissimo": "fortissimo", "fortississimo": "fortississimo",
    "softest": "pianissimo", "soft": "piano", "softly": "piano", "quiet": "piano", "leise": "piano",
    "med": "mezzo-forte", "medium": "mezzo-forte", "mittel": "mezzo-forte",
    "gentle": "piano", "weak": "piano", "doux": "piano", "suave": "piano", "dolce": "piano",
    "loud": "forte", "loudly": "forte", "hard": "forte", "strong": "forte", "laut": "forte", "loudest": "fortissimo",
    "fort": "forte", "fuerte": "forte",
    "vl": "piano", "vm": "mezzo-forte", "vh": "forte",
}  # fmt: skip
"""Dynamic that a word means: Italian, its abbreviations, English, German, and Low, Mid, High after a `v`."""
REGISTER_WORDS = {"low": "piano", "lo": "piano", "mid": "mezzo-forte", "high": "forte", "hi": "forte"}
"""Words that are dynamics only beside others of such a scale: they may be registers too."""
SCALE_WORDS = ("soft", "med", "medium", "hard", "loud")
"""Words beside which those are dynamics."""
ENGLISH_WORDS = (
    "softest", "soft", "softly", "quiet", "leise", "med", "medium", "mittel", "loud", "loudly", "hard", "strong",
    "laut", "loudest", "gentle", "weak", "doux", "suave", "dolce", "fort", "fuerte",
)  # fmt: skip
"""Dynamics that may describe something else, such as a mallet, beside a musical term; in any language."""
INSTRUMENT_WORD = "piano"
"""The dynamic that is an instrument, too."""
VELOCITY_TAGS = ("v", "vel", "velo", "velocity", "anschlag")
"""Words before a number that is a velocity, or the rank of one."""
LAYER_TAGS = ("l", "layer", "lay", "lyr", "lvl", "level", "d", "dyn", "dynamic", "dynamics", "vl", "vellayer")
"""Words before the rank of a dynamic."""
KEY_TAGS = ("midi", "key", "note", "n", "k", "m", "pitch", "midinote", "root", "taste")
"""Words before a MIDI key."""
TAKE_TAGS = ("rr", "r", "round", "robin", "take", "tk", "t", "alt", "var", "variation", "rep")
"""Words before the number of a take."""
MICROPHONE_TAGS = ("mic", "mics", "microphone")
"""Words before the number of a microphone."""
NUMBER_TAGS = (*VELOCITY_TAGS, *LAYER_TAGS, *KEY_TAGS, *TAKE_TAGS, *MICROPHONE_TAGS)
"""Words that tell what the number behind them is."""
MICROPHONE_WORDS = (
    "main", "close", "near", "direct", "di", "spot", "player", "mid", "mids", "tree", "decca", "outrigger",
    "outriggers", "side", "overhead", "oh", "room", "hall", "far", "ambient", "amb", "surround", "rear", "stereo",
    "mono", "left", "right",
)  # fmt: skip
"""Positions of microphones, and channels; the earlier is learned where one note is there from several."""
RELEASE_WORDS = (
    "release", "releases", "rel", "noteoff", "keyoff", "off", "pedal", "pedald", "pedalu", "noise", "noises"
)  # fmt: skip
"""Words in the names of what sounds when a key is released, and of noises."""

_PART = re.compile(r"v[LMH](?![A-Za-z])|[A-Z]?[a-zß-ÿ]+|[A-Z]+(?![a-zß-ÿ])|\d+")


def split_parts(text: str) -> list[tuple[str, int]]:
    """Words in lower case and numbers of a text, each with its position; `SusVib` is two words, `mezzo-forte` one."""
    text = re.sub(r"(?i)mezzo[-_ ]+(?=piano|forte)", "mezzo", text)
    return [(found.group().lower(), found.start()) for found in _PART.finditer(text)]
