"""Build an HTML report about an instrument: its sounds and plots, in one file that needs no network."""

from .audio_clip import ReportOptions
from .page import build

__all__ = ["ReportOptions", "build"]
