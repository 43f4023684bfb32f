"""A page about an instrument: what was learned, to be heard and seen in any browser, without a network."""

from .audio_clip import Wanted
from .page import build

__all__ = ["Wanted", "build"]
