"""Effects: plugins that change the sound of the one before them."""

from .chorus import Chorus
from .compressor import Compressor
from .tilt_eq import Tone

EFFECTS: dict[str, type[Tone] | type[Chorus] | type[Compressor]] = {
    "tone": Tone,
    "chorus": Chorus,
    "compressor": Compressor,
}
"""What a player may put behind an instrument; a room as well, which has to be had from somewhere."""
