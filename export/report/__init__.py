"""A page about an instrument: what was learned, to be heard and seen in any browser, without a network."""

from .page import build
from .track import Wanted

__all__ = ["Wanted", "build"]
