"""A page about an instrument: what was learned, to be heard and seen in any browser, without a network."""

from .audio_clip import ReportOptions
from .page import build

__all__ = ["ReportOptions", "build"]
