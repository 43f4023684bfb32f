"""Instruments: a folder for each kind, with the same files in the same roles, and what they share."""

from .factory import instrument_class, load, make
from .instrument import Instrument

__all__ = ["Instrument", "instrument_class", "load", "make"]
