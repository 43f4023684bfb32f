"""Plots of the partials of an instrument, one module for each kind that has such a plot."""

from .plot import plot_partials

__all__ = ["plot_partials"]
