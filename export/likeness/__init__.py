"""Likeness of an instrument to its recording: the instrument's answer to it, their distance, and a verdict."""

from .verdict import Verdict, judge, mean, read_verdict

__all__ = ["Verdict", "judge", "mean", "read_verdict"]
